# what = "takes the interpreter its thread state"
# status = "trap"
# error = "Trap"
# control = "dies"
import ctypes

ctypes.pythonapi.PyThreadState_Swap(None)
