# what = "looks for sockets, pipes and folders that the host left open"
# status = "ok"
# control = "twin"
# twin = "import os\nimport stat\n\nopened = os.open(\"/\", os.O_RDONLY)\nfor fd in range(3, 256):\n    try:\n        mode = os.fstat(fd).st_mode\n    except OSError:\n        continue\n    if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) or stat.S_ISDIR(mode):\n        print(\"REACHED\")"
import os
import stat

for fd in range(3, 256):
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        continue
    if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode) or stat.S_ISDIR(mode):
        print("REACHED")
