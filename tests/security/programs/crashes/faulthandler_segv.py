# what = "faulthandler's own test of a crash"
# status = "trap"
# error = "Trap"
# control = "dies"
import faulthandler

faulthandler._sigsegv()
