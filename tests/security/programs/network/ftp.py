# what = "connects to a server with ftplib"
# status = "error"
# error = "gaierror"
# control = "native"
import ftplib

try:
    ftplib.FTP().connect("127.0.0.1", int("@PORT@"), timeout=0.3)
except TimeoutError:
    print("REACHED")
