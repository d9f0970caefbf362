# what = "fetches a server's certificate over TLS"
# status = "error"
# error = "NotImplementedError"
# control = "native"
import ssl

try:
    ssl.get_server_certificate(("127.0.0.1", int("@PORT@")), timeout=0.3)
except TimeoutError:
    print("REACHED")
