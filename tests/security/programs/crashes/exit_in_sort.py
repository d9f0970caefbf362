# what = "ends the program from a sort's key function"
# status = "exit"
# control = "dies"
import sys

sorted([1, 2], key=sys.exit)
