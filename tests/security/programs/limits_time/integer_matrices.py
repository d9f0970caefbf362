# what = "a product of two large matrices of integers"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import numpy as np

a = np.ones((4_000, 4_000), int)
a @ a
