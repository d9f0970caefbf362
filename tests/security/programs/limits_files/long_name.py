# what = "a name of 256 characters"
# status = "error"
# error = "OSError"
# says = "Errno 37"
# control = "twin"
# twin = "open('n' * 255, 'w')\nprint('REACHED')"
open("n" * 256, "w")
