# what = "a byte written a gigabyte behind the end"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "grows"
with open("sparse", "wb") as file:
    file.seek(1 << 30)
    file.write(b"x")
