# what = "runs what is to be done at the end, now, and that ends the process"
# status = "exit"
# control = "dies"
import atexit
import os

atexit.register(os._exit, 4)
atexit._run_exitfuncs()
