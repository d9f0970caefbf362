# what = "connects to a port of the host"
# status = "error"
# error = "gaierror"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.create_connection(("127.0.0.1", int("@PORT@")), 0.3)
print("REACHED")
