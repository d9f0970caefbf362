# what = "more open files than there are descriptors"
# status = "error"
# error = "OSError"
# says = "Errno 33"
# control = "native"
held = [open("/dev/null") for _ in range(100)]
print("REACHED")
