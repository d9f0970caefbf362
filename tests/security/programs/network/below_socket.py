# what = "makes a TCP socket with the C module below socket"
# status = "error"
# error = "OSError"
# says = "Address family not supported"
# control = "native"
import _socket

connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
connection.connect(("127.0.0.1", int("@PORT@")))
print("REACHED")
