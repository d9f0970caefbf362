# what = "a number of ten thousand million bits"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
1 << 10**10
