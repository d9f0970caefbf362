# what = "ten bytes of pickle that make a memo of two gigabytes"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import pickle

pickle.loads(b"\x80\x02Nr\xff\xff\xff\x07.")
