# what = "leaves a callback of sys.monitoring behind that fails from the next cell on"
# status = "ok"
# control = "twin"
# twin = "import sys\nsys.monitoring.use_tool_id(4, 'twin')\nprint('REACHED')"
# breaks_python = true
import sys


def fail(code, offset):
    if "offline_ci_guest" in code.co_filename and code.co_name == "receive":
        raise ValueError("monitored")


sys.monitoring.use_tool_id(3, "attack")
sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, fail)
sys.monitoring.set_events(3, sys.monitoring.events.PY_START)
