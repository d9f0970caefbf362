# what = "opens a port to the outside"
# status = "error"
# error = "OSError"
# says = "no network in this sandbox"
# control = "native"
import http.server

http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
print("REACHED")
