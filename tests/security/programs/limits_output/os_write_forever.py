# what = "writes to descriptor 1 past Python's streams"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import os

while True:
    os.write(1, b"x" * 1_000)
