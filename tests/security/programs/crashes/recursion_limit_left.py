# what = "leaves a recursion limit behind at which nothing runs any more"
# status = "ok"
# control = "twin"
# twin = "import sys\nif sys.getrecursionlimit(): print('REACHED')"
import sys

sys.setrecursionlimit(len(__import__("traceback").extract_stack()) + 5)
