# what = "makes a key-value store in a folder of the host"
# status = "error"
# error = "ModuleNotFoundError"
# control = "native"
import dbm

dbm.open("@FOLDER@/made", "n")
print("REACHED")
