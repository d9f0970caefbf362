# what = "a picture just small enough for Pillow, whose pixels do not fit into the memory"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "twin"
# twin = """
# import io
# from PIL import Image
# data = io.BytesIO()
# Image.new('RGBA', (100, 100)).save(data, 'PNG')
# Image.open(data).load()
# print('REACHED')
# """
import io
import struct
import warnings
import zlib

from PIL import Image

warnings.simplefilter("ignore")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


head = struct.pack(">IIBBBBB", 13_000, 13_000, 8, 6, 0, 0, 0)
picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
Image.open(io.BytesIO(picture)).load()
print("REACHED")
