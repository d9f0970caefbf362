# what = "runs a shell command with the C module below os"
# status = "ok"
# control = "native"
import posix

if posix.system("true") == 0:
    print("REACHED")
