# what = "copies a file of the host to its own folder"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import shutil

shutil.copy("@FILE@", "copied")
print("REACHED")
