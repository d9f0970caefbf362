# what = "a picture saved without compression"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "native"
from PIL import Image

Image.new("RGB", (5_000, 5_000)).save("large.bmp")
print("REACHED")
