# what = "a file of one byte made a gigabyte long"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "grows"
with open("sparse", "wb") as file:
    file.truncate(1 << 30)
