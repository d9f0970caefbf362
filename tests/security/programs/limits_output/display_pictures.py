# what = "displays pictures of noise for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "twin"
# twin = "from PIL import Image\ndisplay(Image.effect_noise((10, 10), 100))\nprint('REACHED')"
from PIL import Image

picture = Image.effect_noise((1_000, 1_000), 100)
while True:
    display(picture)
