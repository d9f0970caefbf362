# what = "a picture whose end is missing, taken for a whole one"
# status = "error"
# error = "OSError"
# says = "truncated"
# control = "twin"
# twin = """
# import io
# from PIL import Image
# data = io.BytesIO()
# Image.effect_noise((64, 64), 50).save(data, 'PNG')
# Image.open(data).load()
# print('REACHED')
# """
import io

from PIL import Image

data = io.BytesIO()
Image.effect_noise((64, 64), 50).save(data, "PNG")
Image.open(io.BytesIO(data.getvalue()[:-2_000])).load()
print("REACHED")
