# what = "folders in folders, thousands deep"
# status = "disk_limit"
# error = "OSError"
# limit = "files"
# control = "twin"
# twin = "import os\nos.chdir('..')\nos.rmdir('deep')\nos.mkdir('deep')\nos.chdir('deep')\nprint('REACHED')"
import os

for _ in range(3_000):
    os.mkdir("deep")
    os.chdir("deep")
