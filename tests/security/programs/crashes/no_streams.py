# what = "removes the standard streams"
# status = "ok"
# control = "twin"
# twin = "import sys\nsys.stdout = sys.__stdout__\nprint('REACHED')"
import sys

sys.stdout = sys.stderr = None
