# --- create_and_pixels
from PIL import Image
im = Image.new("RGB", (4, 3), (10, 20, 30))
im.putpixel((1, 2), (255, 0, 0))
print(im.size, im.mode, im.getpixel((1, 2)), im.getpixel((0, 0)), im.getbbox(), im.getextrema(), im.tobytes()[:6], im.getbands(), im.histogram()[10])

# --- pixel_out_of_range
from PIL import Image
Image.new("L", (2, 2)).getpixel((5, 5))

# --- modes
from PIL import Image
im = Image.new("RGB", (2, 1), (200, 100, 50))
for mode in ("L", "1", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "P", "F", "I", "LA"):
    print(mode, im.convert(mode).getpixel((0, 0)) if mode != "LAB" else "")

# --- unknown_mode
from PIL import Image
Image.new("XYZ", (1, 1))

# --- geometry
from PIL import Image
im = Image.frombytes("L", (3, 2), bytes(range(6)))
print([list(f.tobytes()) for f in (im.rotate(90, expand=True), im.transpose(Image.Transpose.FLIP_LEFT_RIGHT), im.crop((1, 0, 3, 2)), im.resize((6, 4), Image.Resampling.NEAREST), im.resize((2, 2), Image.Resampling.BOX), im.transpose(Image.Transpose.TRANSPOSE))], im.rotate(45).size)

# --- resampling
from PIL import Image
im = Image.frombytes("L", (4, 4), bytes(range(0, 160, 10)))
for m in Image.Resampling: print(m.name, list(im.resize((3, 3), m).tobytes()), list(im.resize((5, 2), m).tobytes()))

# --- crop_wrong
from PIL import Image
Image.new("L", (4, 4)).crop((3, 0, 1, 2))

# --- paste_and_alpha
from PIL import Image
a = Image.new("RGBA", (2, 2), (255, 0, 0, 128))
b = Image.new("RGBA", (2, 2), (0, 0, 255, 255))
b.paste(a, (1, 1))
print(list(b.tobytes()), Image.alpha_composite(Image.new("RGBA", (1, 1), (0, 0, 255, 255)), a.crop((0, 0, 1, 1))).getpixel((0, 0)), Image.blend(a, b, 0.5).getpixel((0, 0)), a.split()[3].getpixel((0, 0)))

# --- merge_and_split
from PIL import Image
r, g, b = (Image.new("L", (1, 1), n) for n in (1, 2, 3))
print(Image.merge("RGB", (r, g, b)).getpixel((0, 0)), [c.getpixel((0, 0)) for c in Image.new("RGB", (1, 1), "orange").split()])

# --- operations
from PIL import Image, ImageOps, ImageChops, ImageEnhance
im = Image.frombytes("L", (4, 1), bytes([0, 50, 100, 200]))
print([list(f.tobytes()) for f in (ImageOps.invert(im), ImageOps.autocontrast(im), ImageOps.equalize(im), ImageOps.posterize(im, 2), ImageOps.mirror(im), ImageOps.solarize(im), im.point(lambda v: v // 2), ImageChops.add(im, im), ImageEnhance.Brightness(im).enhance(1.5), ImageEnhance.Contrast(im).enhance(0.5))], ImageOps.expand(im, 1).size, ImageOps.fit(im, (2, 2)).size, ImageOps.pad(im, (5, 5)).size)

# --- filters
from PIL import Image, ImageFilter
im = Image.frombytes("L", (5, 5), bytes((i * 37) % 256 for i in range(25)))
for f in (ImageFilter.BLUR, ImageFilter.SHARPEN, ImageFilter.FIND_EDGES, ImageFilter.MedianFilter(3), ImageFilter.GaussianBlur(1), ImageFilter.BoxBlur(1), ImageFilter.Kernel((3, 3), [1] * 9), ImageFilter.MaxFilter(3)):
    print(getattr(f, "name", "?"), list(im.filter(f).tobytes()))

# --- drawing
from PIL import Image, ImageDraw
import hashlib
im = Image.new("RGB", (40, 30), "white")
d = ImageDraw.Draw(im)
d.line((0, 0, 39, 29), fill="red", width=3)
d.rectangle((5, 5, 15, 12), outline=(0, 0, 255), fill="#ff0")
d.ellipse((20, 5, 35, 20), fill="green")
d.polygon([(5, 25), (15, 20), (25, 28)], outline=0)
d.arc((1, 1, 20, 20), 0, 90, fill="black")
d.point([(39, 0)], fill="blue")
d.rounded_rectangle((25, 20, 38, 28), 3, outline="purple")
print(hashlib.sha256(im.tobytes()).hexdigest(), im.getcolors(9999)[:0], im.getpixel((39, 0)))

# --- text
from PIL import Image, ImageDraw, ImageFont
f = ImageFont.load_default(16)
im = Image.new("L", (80, 24))
ImageDraw.Draw(im).text((2, 2), "Hé", 255, f)
print(f.getbbox("Hello"), f.getlength("Hi"), im.getbbox(), f.getname())

# --- unknown_color
from PIL import ImageColor
print(ImageColor.getrgb("#abc"), ImageColor.getrgb("hsl(120, 100%, 50%)"), ImageColor.getcolor("red", "L"))
ImageColor.getrgb("bluish")

# --- png
import io
from PIL import Image, PngImagePlugin
im = Image.frombytes("RGB", (2, 2), bytes(range(12)))
info = PngImagePlugin.PngInfo()
info.add_text("Author", "é")
im.save("a.png", pnginfo=info, dpi=(72, 72))
o = Image.open("a.png")
print(o.format, o.size, o.mode, o.text, o.tobytes() == im.tobytes(), o.get_format_mimetype(), {k: tuple(round(x) for x in v) for k, v in o.info.items() if k == "dpi"})

# --- formats
import io
from PIL import Image
im = Image.frombytes("RGB", (8, 8), bytes(range(192)))
for f in ("PNG", "BMP", "TIFF", "PPM", "TGA", "WEBP", "GIF", "JPEG", "PCX", "DIB"):
    b = io.BytesIO()
    im.save(b, f, **({"lossless": True} if f == "WEBP" else {}))
    b.seek(0)
    o = Image.open(b)
    print(f, o.format, o.size, o.mode, o.convert("RGB").tobytes() == im.tobytes())

# --- jpeg
import io
from PIL import Image
im = Image.linear_gradient("L").resize((32, 32)).convert("RGB")
b = io.BytesIO()
im.save(b, "JPEG", quality=90)
o = Image.open(b)
print(o.size, o.mode, max(abs(x - y) for x, y in zip(o.tobytes(), im.tobytes())) < 12, b.getvalue()[:3], o.getexif())

# --- jpeg_of_alpha
from PIL import Image
Image.new("RGBA", (1, 1)).save("a.jpg")

# --- unknown_extension
from PIL import Image
Image.new("L", (1, 1)).save("a.unknown")

# --- not_an_image
from PIL import Image
open("a.png", "w").write("text")
Image.open("a.png")

# --- missing_file
from PIL import Image
Image.open("missing.png")

# --- truncated
import io
from PIL import Image
b = io.BytesIO()
Image.effect_noise((64, 64), 50).save(b, "PNG")
Image.open(io.BytesIO(b.getvalue()[:500])).load()

# --- gif_animation
from PIL import Image, ImageSequence
frames = [Image.new("P", (4, 4), i) for i in range(3)]
for i, f in enumerate(frames): f.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0] + [i] * 3)
frames[0].save("a.gif", save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
o = Image.open("a.gif")
print(o.n_frames, o.is_animated, [f.info.get("duration") for f in ImageSequence.Iterator(o)], o.info["loop"])
o.seek(7)

# --- numpy_round_trip
import numpy as np
from PIL import Image
a = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
im = Image.fromarray(a)
print(im.mode, im.size, (np.asarray(im) == a).all(), np.asarray(im.convert("L")), np.array(Image.fromarray(np.array([[True, False]])).convert("L")))

# --- numpy_wrong_type
import numpy as np
from PIL import Image
Image.fromarray(np.zeros((2, 2, 3), dtype=np.float64))

# --- quantize_and_palette
from PIL import Image
im = Image.linear_gradient("L").convert("RGB").resize((16, 16))
q = im.quantize(4)
print(q.mode, len(q.getcolors()), sorted(n for n, _ in q.getcolors()), im.convert("P", palette=Image.Palette.ADAPTIVE, colors=2).getcolors()[0][0])

# --- statistics
from PIL import Image, ImageStat
im = Image.radial_gradient("L")
s = ImageStat.Stat(im)
print([round(x, 6) for x in (*s.mean, *s.stddev, *s.median, *s.rms)], s.extrema, im.entropy().__round__(8), im.reduce(64).tobytes().hex())

# --- thumbnail_and_transform
from PIL import Image
im = Image.radial_gradient("L")
im.thumbnail((50, 20))
print(im.size, Image.new("L", (10, 10)).transform((5, 5), Image.Transform.AFFINE, (1, 0, 2, 0, 1, 2)).size, im.getpixel((10, 10)))

# --- features
from PIL import features
print({f: features.check(f) for f in ("jpg", "zlib", "libtiff", "freetype2", "webp", "jpg_2000", "raqm", "littlecms2", "avif")})

# --- exif
import io
from PIL import Image
im = Image.new("RGB", (2, 2))
e = im.getexif()
e[0x0110] = "Camera"
e[0x0112] = 6
b = io.BytesIO()
im.save(b, "JPEG", exif=e)
print(dict(Image.open(b).getexif()))
