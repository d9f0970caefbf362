# what = "a C array larger than the memory"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import ctypes

ctypes.create_string_buffer(2 * 10**9)
