# what = "opens a file of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
open("@FILE@").read()
print("REACHED")
