# what = "an array saved to a file"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
import numpy as np

np.save("large.npy", np.zeros(5_000_000))
print("REACHED")
