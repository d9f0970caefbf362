# what = "writes to one file until the disk is full"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "grows"
with open("full", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
