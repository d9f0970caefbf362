# what = "asks the host's resolver with the C module below socket"
# status = "error"
# error = "gaierror"
# says = "Name does not resolve"
# control = "native"
import _socket

print("REACHED", _socket.getaddrinfo("localhost", 80))
