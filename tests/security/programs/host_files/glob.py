# what = "searches a folder of the host"
# status = "ok"
# control = "native"
import glob

if glob.glob("@FOLDER@/*"):
    print("REACHED")
