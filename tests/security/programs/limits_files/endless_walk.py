# what = "a walk through links that lead back, each in two ways"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import os

os.symlink(".", "one")
os.symlink(".", "other")
for _ in os.walk(".", followlinks=True):
    pass
