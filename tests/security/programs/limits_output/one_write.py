# what = "one write of 120 megabytes, and nothing after it"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import os

os.write(1, bytes(120 << 20))
