# what = "reads at the last address of all"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.string_at(0xFFFFFFF0, 16)
