# what = "opens a descriptor of the host by its name"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
open("/dev/fd/0")
print("REACHED")
