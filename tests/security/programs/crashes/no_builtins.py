# what = "removes the built-in functions"
# status = "error"
# error = "RuntimeError"
# says = "broke Python itself, and was undone"
# control = "twin"
# twin = "import builtins\nif builtins.__dict__: builtins.print('REACHED')"
import builtins

builtins.__dict__.clear()
