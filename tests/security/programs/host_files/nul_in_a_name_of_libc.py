# what = "opens a file of the host through the C library, its name cut by a NUL"
# status = "ok"
# control = "native"
import ctypes

if ctypes.CDLL(None).fopen(b"@FILE@\0.txt", b"r"):
    print("REACHED")
