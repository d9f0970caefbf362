# what = "removes the built-in functions"
# status = "ok"
# control = "twin"
# twin = "import builtins\nif builtins.__dict__: builtins.print('REACHED')"
# known = "our runner finds no builtins either, and later cells fail"
import builtins

builtins.__dict__.clear()
