# what = "copies an endless device"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
import shutil

with open("/dev/zero", "rb") as source, open("/dev/null", "wb") as target:
    shutil.copyfileobj(source, target)
