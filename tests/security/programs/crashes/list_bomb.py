# what = "a list that grows without an end"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
kept = []
while True:
    kept.append([0] * 20_000_000)
