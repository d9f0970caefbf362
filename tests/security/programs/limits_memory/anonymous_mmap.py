# what = "memory from the operating system instead of Python's"
# status = "memory_limit"
# error = "OSError"
# limit = "memory_bytes"
# control = "native"
import mmap

area = mmap.mmap(-1, 600 << 20)
print("REACHED")
