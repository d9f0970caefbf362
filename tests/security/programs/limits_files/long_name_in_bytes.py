# what = "a name that is short in characters and long in bytes"
# status = "error"
# error = "OSError"
# says = "Errno 37"
# control = "twin"
# twin = "open('\\u00e9' * 100, 'w')\nprint('REACHED')"
open("\u00e9" * 200, "w")
