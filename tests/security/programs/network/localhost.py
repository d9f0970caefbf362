# what = "asks the host's resolver for a name"
# status = "error"
# error = "gaierror"
# control = "native"
import socket

if socket.gethostbyname("localhost"):
    print("REACHED")
