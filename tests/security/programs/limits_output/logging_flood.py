# what = "a flood of log messages"
# status = "output_limit"
# limit = "output_bytes"
# control = "hangs"
import logging

while True:
    logging.error("x" * 10_000)
