# what = "two megabytes of gzip that unpack to two gigabytes"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "grows"
import gzip
import zlib

ballast = bytearray(200 << 20)
packer = zlib.compressobj(wbits=-15)
block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
gzip.decompress(b"\x1f\x8b\x08" + bytes(7) + block * 2_000)
