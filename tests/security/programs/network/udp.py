# what = "sends a datagram"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import socket

socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", int("@PORT@")))
print("REACHED")
