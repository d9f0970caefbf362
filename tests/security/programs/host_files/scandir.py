# what = "looks at the entries of a folder of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
import os

if any(entry.is_file() for entry in os.scandir("@FOLDER@")):
    print("REACHED")
