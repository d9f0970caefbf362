# what = "talks to the kernel about the host's network"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.socket(16, socket.SOCK_DGRAM, 0).bind((0, 0))
print("REACHED")
