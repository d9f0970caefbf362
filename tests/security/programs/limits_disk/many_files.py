# what = "two hundred files of a megabyte"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
from pathlib import Path

for i in range(200):
    Path(f"part{i}").write_bytes(bytes(1 << 20))
print("REACHED")
