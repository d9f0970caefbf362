# what = "makes a pair of connected sockets"
# status = "error"
# error = "OSError"
# says = "Address family not supported"
# control = "native"
import socket

socket.socketpair()
print("REACHED")
