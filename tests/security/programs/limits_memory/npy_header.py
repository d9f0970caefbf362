# what = "a file of a hundred bytes whose header promises a gigabyte"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import io

import numpy as np

file = io.BytesIO()
np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (160_000_000,)})
file.seek(0)
np.load(file)
