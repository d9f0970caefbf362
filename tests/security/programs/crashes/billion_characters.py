# what = "a billion characters of output"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
print("x" * 10**9)
