# what = "starts a program with the C function below subprocess"
# status = "error"
# error = "OSError"
# control = "native"
import os
import sys

import _posixsubprocess

pipe = os.open("/dev/null", os.O_RDWR)
names = [b"sh", b"-c", b"true"], [b"/bin/sh"], True, (pipe,), None, None
may_vfork = [False] * (sys.version_info < (3, 14))
_posixsubprocess.fork_exec(*names, *[-1] * 6, pipe, pipe, True, False, -1, None, None, None, -1, None, *may_vfork)
print("REACHED")
