# what = "a substitution that makes two thousand million characters of two thousand"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import re

re.sub("a", "b" * 10**6, "a" * 2_000)
