# what = "fetches a file of the host by its URL"
# status = "error"
# error = "URLError"
# control = "native"
import pathlib
import urllib.request

if urllib.request.urlopen(pathlib.Path("@FILE@").resolve().as_uri()).read() == b"canary":
    print("REACHED")
