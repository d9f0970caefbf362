# what = "overwrites two gigabytes from address 0 on"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.memset(0, 0, 2**31 - 1)
