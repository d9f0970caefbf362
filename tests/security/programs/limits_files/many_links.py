# what = "thousands of symbolic links"
# status = "disk_limit"
# error = "OSError"
# limit = "files"
# control = "native"
import os

for i in range(3_000):
    os.symlink("nowhere", str(i))
print("REACHED")
