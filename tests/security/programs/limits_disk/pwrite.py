# what = "a byte at an offset of a terabyte, without moving there"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "grows"
import os

os.pwrite(os.open("sparse", os.O_WRONLY | os.O_CREAT), b"x", 1 << 40)
