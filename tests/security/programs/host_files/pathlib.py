# what = "reads a file of the host through pathlib"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import pathlib

pathlib.Path("@FILE@").read_bytes()
print("REACHED")
