# what = "removes every module"
# status = "ok"
# control = "twin"
# twin = "import sys\nif '__main__' in sys.modules: print('REACHED')"
import sys

sys.modules.clear()
