# what = "an array of a gigabyte that lies in a file"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "grows"
import numpy as np

np.memmap("array", mode="w+", shape=1 << 30)
