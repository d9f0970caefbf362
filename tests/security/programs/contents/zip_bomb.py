# what = "a small archive that is 200 MB when it is extracted"
# status = "disk_limit"
# limit = "disk_bytes"
# error = "OSError"
# says = "No space left on device"
# control = "grows"
import io
import struct
import zipfile
import zlib

# One megabyte of zeros as a block that can be repeated: the archive is made without squeezing 200 MB.
squeeze = zlib.compressobj(9, wbits=-15)
block = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
body = block * 200 + zlib.compressobj(9, wbits=-15).flush()
head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(body), 200 << 20, 5, 0)
central = b"PK\x01\x02\x14\x00" + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"zeros"
local = b"PK\x03\x04" + head + b"zeros" + body
end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
zipfile.ZipFile(io.BytesIO(local + central + end)).extractall()
