# what = "empties a file of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
open("@FILE@", "w").close()
print("REACHED")
