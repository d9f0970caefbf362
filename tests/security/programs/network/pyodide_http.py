# what = "fetches a page with the browser's fetch"
# status = "error"
# error = "ModuleNotFoundError"
# control = "twin"
# twin = "import http\n\nprint(\"REACHED\", http.HTTPStatus.OK)"
import pyodide.http

print("REACHED", pyodide.http.open_url("http://127.0.0.1:@PORT@/"))
