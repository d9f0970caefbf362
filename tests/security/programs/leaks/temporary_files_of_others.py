# what = "looks for what other programs left in the folder for temporary files"
# status = "ok"
# control = "native"
import os
import tempfile

if os.listdir(tempfile.gettempdir()):
    print("REACHED")
