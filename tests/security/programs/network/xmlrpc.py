# what = "calls a function of a server over XML-RPC"
# status = "error"
# error = "gaierror"
# control = "native"
import socket
import xmlrpc.client

socket.setdefaulttimeout(0.3)

try:
    xmlrpc.client.ServerProxy("http://127.0.0.1:@PORT@/").hello()
except TimeoutError:
    print("REACHED")
