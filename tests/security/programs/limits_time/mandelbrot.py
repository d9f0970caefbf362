# what = "a fractal of four million pixels with a million steps each, in Pillow"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
from PIL import Image

Image.effect_mandelbrot((2_000, 2_000), (-0.1, -0.1, 0.1, 0.1), 10**6)
