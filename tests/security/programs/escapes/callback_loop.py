# what = "never comes back from a C callback, where an interrupt is ignored"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import ctypes


def stay():
    while True:
        pass


ctypes.CFUNCTYPE(None)(stay)()
