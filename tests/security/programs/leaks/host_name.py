# what = "asks for the name of the host"
# status = "ok"
# control = "native"
import socket

if socket.gethostname() != "emscripten":
    print("REACHED")
