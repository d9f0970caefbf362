# what = "a regular expression that backtracks for ever"
# status = "time_limit"
# limit = "time_s"
# error = "KeyboardInterrupt"
# control = "hangs"
import re

re.match(r"(a+)+$", "a" * 40 + "b")
