# what = "imports Pyodide's JavaScript interface"
# status = "error"
# error = "ModuleNotFoundError"
# says = "pyodide_js"
# control = "twin"
# twin = "import math as pyodide_js\n\nif pyodide_js.pi > 3:\n    print('REACHED')"
import pyodide_js

print("REACHED", pyodide_js._module)
