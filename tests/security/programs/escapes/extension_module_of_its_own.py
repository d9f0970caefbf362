# what = "imports a compiled module that it wrote itself"
# status = "error"
# error = "ImportError"
# says = "is not a library"
# control = "twin"
# twin = "import sys\n\nopen(\"friendly.py\", \"w\").write(\"\")\nsys.path.insert(0, \"/mnt/data\")\nimport friendly\n\nprint(\"REACHED\", friendly)"
import importlib.machinery
import sys

open("hostile" + importlib.machinery.EXTENSION_SUFFIXES[0], "wb").write(b"\0asm\1\0\0\0")
sys.path.insert(0, "/mnt/data")
import hostile

print("REACHED", hostile)
