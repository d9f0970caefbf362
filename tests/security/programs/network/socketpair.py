# what = "makes a pair of connected sockets"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.socketpair()
print("REACHED")
