# what = "a flood of warnings, each different from the ones before"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
import itertools
import warnings

for i in itertools.count():
    warnings.warn(f"{i} " + "x" * 10_000)
