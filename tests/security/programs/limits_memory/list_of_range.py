# what = "a list of more than a 32-bit machine can address"
# status = "error"
# error = "MemoryError"
# control = "grows"
list(range(10**9))
