# what = "overwrites a type of the interpreter"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.memset(id(int), 255, 64)
int("5")
