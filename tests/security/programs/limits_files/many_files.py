# what = "thousands of empty files"
# status = "disk_limit"
# error = "OSError"
# limit = "files"
# control = "native"
for i in range(3_000):
    open(str(i), "w").close()
print("REACHED")
