# what = "floods standard error"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import sys

while True:
    sys.stderr.write("x" * 1_000 + "\n")
