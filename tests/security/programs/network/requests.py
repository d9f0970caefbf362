# what = "fetches a page with requests"
# status = "error"
# error = "ConnectionError"
# control = "twin"
# twin = "import requests\n\nprint(\"REACHED\", requests.Request(\"GET\", \"http://127.0.0.1:@PORT@/\").prepare().url)"
import requests

print("REACHED", requests.get("http://127.0.0.1:@PORT@/", timeout=0.3))
