# what = "thousands of folders"
# status = "disk_limit"
# error = "OSError"
# limit = "files"
# control = "native"
import os

for i in range(3_000):
    os.mkdir(str(i))
print("REACHED")
