# what = "reads the users of the host"
# status = "error"
# error = "FileNotFoundError"
# control = "native"
if "root:" in open("/etc/passwd").read():
    print("REACHED")
