# what = "becomes another program with the C module below os"
# status = "error"
# error = "OSError"
# control = "native"
import posix

posix.execv("/bin/echo", ["echo", "REACHED"])
