# what = "copies of copies of a file"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
import shutil

with open("0", "wb") as file:
    file.write(bytes(3 << 20))
for i in range(20):
    shutil.copyfile(str(i), str(i + 1))
print("REACHED")
