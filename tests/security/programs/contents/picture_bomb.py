# what = "a picture of 70 bytes that says it has 900 million pixels"
# status = "error"
# error = "DecompressionBombError"
# control = "twin"
# twin = """
# import io
# from PIL import Image
# data = io.BytesIO()
# Image.new('1', (100, 100)).save(data, 'PNG')
# print('REACHED' if Image.open(data).size == (100, 100) else '')
# """
import io
import struct
import zlib

from PIL import Image


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
Image.open(io.BytesIO(picture)).load()
print("REACHED")
