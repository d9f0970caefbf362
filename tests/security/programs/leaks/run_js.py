# what = "runs JavaScript through pyodide.code"
# status = "error"
# error = "ModuleNotFoundError"
# says = "pyodide"
# control = "twin"
# twin = "from code import compile_command as run_js\n\nexec(run_js(\"print('REACHED')\"))"
from pyodide.code import run_js

print("REACHED", run_js("process.env"))
