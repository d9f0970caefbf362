# what = "imports the C half of Pyodide's JavaScript interface"
# status = "error"
# error = "ModuleNotFoundError"
# says = "_pyodide_core"
# control = "twin"
# twin = "import _ctypes\n\nprint(\"REACHED\", _ctypes.Structure)"
import _pyodide_core

print("REACHED", _pyodide_core.JsProxy)
