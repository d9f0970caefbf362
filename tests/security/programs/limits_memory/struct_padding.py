# what = "a structure that is nothing but padding"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import struct

struct.pack("2000000000x")
