# what = "a convolution that numpy computes for hours in one call"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import numpy as np

np.convolve(np.ones(10**6), np.ones(10**6))
