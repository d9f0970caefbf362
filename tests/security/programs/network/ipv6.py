# what = "listens on an IPv6 socket"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.socket(socket.AF_INET6, socket.SOCK_STREAM).listen()
print("REACHED")
