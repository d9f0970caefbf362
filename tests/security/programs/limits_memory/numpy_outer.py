# what = "an outer product of two small arrays"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import numpy as np

a = np.ones(13_000)
np.multiply.outer(a, a)
