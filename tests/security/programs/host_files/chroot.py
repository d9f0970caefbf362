# what = "changes its root to a folder of the host"
# status = "error"
# error = "PermissionError"
# control = "twin"
# twin = "import os\n\nos.chdir(\"/tmp\")\nprint(\"REACHED\")"
import os

os.chroot("@FOLDER@")
print("REACHED")
