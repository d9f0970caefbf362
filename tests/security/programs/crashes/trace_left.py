# what = "leaves a trace function behind that fails in whatever runs next"
# status = "error"
# error = "ValueError"
# control = "twin"
# twin = "import sys\nsys.settrace(None)\nprint('REACHED')"
import sys


def fail(frame, event, arg):
    if "offline_ci_guest" in frame.f_code.co_filename:
        raise ValueError("traced")
    return fail


sys.settrace(fail)
