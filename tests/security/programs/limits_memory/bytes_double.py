# what = "bytes that double without an end"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
data = b"x"
while True:
    data += data
