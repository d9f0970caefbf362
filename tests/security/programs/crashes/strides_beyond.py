# what = "a numpy array whose strides lead two gigabytes away"
# status = "trap"
# error = "Trap"
# control = "dies"
import numpy as np

np.lib.stride_tricks.as_strided(np.zeros(1, np.int8), (2**28,), (8,))[-1]
