# what = "removes every module"
# status = "ok"
# control = "twin"
# twin = "modules = {'a': 1}\nmodules.clear()\nprint('REACHED')"
import sys

sys.modules.clear()
