# what = "reads over the list of pieces that it reads into, so that they end beyond memory"
# status = "ok"
# control = "twin"
# twin = "import ctypes\n\nlib = ctypes.CDLL(None)\n\ndata = ctypes.create_string_buffer(b\"REACHED\")\nvector, count = (ctypes.c_uint32 * 2)(ctypes.addressof(data), 7), ctypes.c_uint32()\nlib.fd_write(1, vector, 1, ctypes.byref(count))"
import ctypes

lib = ctypes.CDLL(None)

import os
import struct

fd = os.open("pieces", os.O_RDWR | os.O_CREAT)
os.write(fd, struct.pack("<II", 0xFFFFFF00, 0x10000) + bytes(64))
os.lseek(fd, 0, 0)
vectors, count = (ctypes.c_uint32 * 4)(), ctypes.c_uint32()
vectors[:] = [ctypes.addressof(vectors) + 8, 8, 1024, 8]
lib.fd_read(fd, vectors, 2, ctypes.byref(count))
if count.value > 8:
    print("REACHED")
