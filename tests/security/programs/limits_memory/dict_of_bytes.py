# what = "a dictionary whose values fill the memory"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
kept_bytes = {}
while True:
    kept_bytes[len(kept_bytes)] = bytes(10_000_000)
