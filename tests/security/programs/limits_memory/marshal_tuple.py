# what = "five bytes of marshal that promise a tuple of 268 million"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import marshal

marshal.loads(b"(\xff\xff\xff\x0f")
