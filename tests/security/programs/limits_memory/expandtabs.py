# what = "one tab that is two thousand million spaces"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
"\t".expandtabs(2 * 10**9)
