# what = "a text that becomes four times its size"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
("a" * 250_000_000).encode("utf-32")
