# what = "removes the built-in functions"
# status = "ok"
# control = "twin"
# twin = "import builtins\nif builtins.__dict__: builtins.print('REACHED')"
import builtins

builtins.__dict__.clear()
