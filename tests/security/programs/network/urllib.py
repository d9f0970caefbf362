# what = "fetches a page with urllib"
# status = "error"
# error = "URLError"
# control = "native"
import urllib.request

try:
    urllib.request.urlopen("http://127.0.0.1:@PORT@/", timeout=0.3)
except TimeoutError:
    print("REACHED")
