# what = "a small compressed text that fills the memory when it is read"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import zlib

# One megabyte of zeros as a block that can be repeated; without a checksum, which would take longer than the limit.
squeeze = zlib.compressobj(9, wbits=-15)
block = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
kept = bytes(300 << 20)  # less is left to fill, so that the limit of time is far
zlib.decompress(block * 2_000 + zlib.compressobj(9, wbits=-15).flush(), wbits=-15)
