# what = "replaces each letter with a million"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
("a" * 2_000).replace("a", "b" * 10**6)
