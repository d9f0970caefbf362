# what = "prints the traceback of the same exception for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import traceback

try:
    raise ValueError("x" * 10_000)
except ValueError:
    while True:
        traceback.print_exc()
