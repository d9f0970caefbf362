# what = "files that are removed while they are open, and keep what they hold"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
import os

held = []
for _ in range(15):
    file = open("hidden", "wb")
    file.write(bytes(4 << 20))
    file.flush()
    os.remove("hidden")
    held.append(file)
print("REACHED")
