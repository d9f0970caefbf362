# what = "maps a file of the host with numpy"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import numpy as np

np.memmap("@FILE@", mode="r")
print("REACHED")
