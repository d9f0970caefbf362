# what = "removes every module"
# status = "ok"
# control = "twin"
# twin = "import sys\nif '__main__' in sys.modules: print('REACHED')"
# known = "our runner does not find its modules, and later cells fail"
import sys

sys.modules.clear()
