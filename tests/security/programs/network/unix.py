# what = "connects to a Unix socket of the host by its name"
# status = "error"
# error = "AttributeError"
# says = "AF_UNIX"
# control = "native"
import socket

socket.socket(socket.AF_UNIX).connect("@UNIX@")
print("REACHED")
