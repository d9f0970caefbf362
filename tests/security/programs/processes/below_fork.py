# what = "splits itself in two with the C module below os"
# status = "error"
# error = "OSError"
# says = "Function not implemented"
# control = "native"
import os
import posix

child = posix.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
print("REACHED")
