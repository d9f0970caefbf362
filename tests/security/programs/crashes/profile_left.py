# what = "leaves a profiling function behind that ends the program in whatever runs next"
# status = "exit"
# control = "twin"
# twin = "import sys\nsys.setprofile(None)\nprint('REACHED')"
import sys


def leave(frame, event, arg):
    if event == "call" and "offline_ci_guest" in frame.f_code.co_filename:
        raise SystemExit(4)


sys.setprofile(leave)
