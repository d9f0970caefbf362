# what = "names a file of the host in bytes"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
open(b"@FILE@", "rb").read()
print("REACHED")
