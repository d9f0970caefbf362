# what = "makes a TCP socket and connects it by its address"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.socket(socket.AF_INET, socket.SOCK_STREAM).connect(("127.0.0.1", int("@PORT@")))
print("REACHED")
