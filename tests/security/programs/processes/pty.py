# what = "opens a terminal of its own"
# status = "error"
# error = "OSError"
# control = "native"
import pty

pty.openpty()
print("REACHED")
