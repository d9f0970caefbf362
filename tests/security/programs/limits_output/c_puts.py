# what = "output by the C library's own puts"
# status = "output_limit"
# limit = "output_bytes"
# control = "hangs"
import ctypes

libc = ctypes.CDLL(None)
while True:
    libc.puts(b"x" * 1_000)
