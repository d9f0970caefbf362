# what = "makes a device node for the host's disk"
# status = "ok"
# control = "twin"
# twin = "import ctypes\nimport os\n\nmade = ctypes.CDLL(None).mknod(b\"disk\", 0o100600, 0)\nif made == 0 and os.path.isfile(\"disk\"):\n    print(\"REACHED\")"
import ctypes
import os

made = ctypes.CDLL(None).mknod(b"disk", 0o060600, 0x800)
if made == 0 and os.stat("disk").st_rdev:
    print("REACHED")
