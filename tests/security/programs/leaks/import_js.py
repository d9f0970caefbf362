# what = "imports JavaScript's global scope"
# status = "error"
# error = "ModuleNotFoundError"
# says = "js"
# control = "twin"
# twin = "import json as js\n\nprint(js.loads('\"REACHED\"'))"
import js

print("REACHED", js.process.env)
