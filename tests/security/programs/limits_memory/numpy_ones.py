# what = "an array larger than the memory"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import numpy as np

np.ones(160_000_000)
