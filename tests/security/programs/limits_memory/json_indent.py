# what = "JSON indented by two thousand million spaces"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import json

json.dumps([1], indent=2 * 10**9)
