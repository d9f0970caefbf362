# what = "reads the environment of the process from /proc"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
print("REACHED" if open("/proc/self/environ", "rb").read() else "")
