# what = "C code writes an endless iterator of lines"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import itertools
import sys

sys.stdout.writelines(itertools.repeat("x" * 1_000 + "\n"))
