"""Editing pictures."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from suites.interpreter import inputs
from suites.interpreter.pictures import given_picture, need_any, need_same, need_size, pixels
from suites.interpreter.task import Given, Outcome, Task


def _photo(rng: random.Random) -> Given:
    width, height = 2 * rng.randint(90, 150), 2 * rng.randint(60, 100)
    return Given(
        {"photo.png": inputs.image_bytes(inputs.photo(rng, width, height))},
        border=rng.randint(6, 24),
        size=10 * rng.randint(5, 11),
        wide=rng.choice([60, 80, 90, 120]),
    )


def _source(o: Outcome) -> Image.Image:
    return given_picture(o.given.files["photo.png"]).convert("RGB")


def _merged(image: Image.Image) -> Image.Image:
    half = image.width // 2
    result = image.copy()
    result.paste(ImageOps.invert(image.crop((half, 0, image.width, image.height))), (half, 0))
    return result


def _thumbnail(o: Outcome) -> None:
    source = _source(o)
    height = source.height * o.v.wide / source.width
    path = o.file("small.png")
    sizes = [(o.v.wide, round(height)), (o.v.wide, int(height)), (o.v.wide, int(height) + 1)]
    with Image.open(path) as image:
        found = image.size
    if found not in sizes:
        need_size(path, sizes[0])
    need_any(path, [source.resize(found, how) for how in (Image.Resampling.LANCZOS, Image.Resampling.NEAREST)], 16)


def _icon(rng: random.Random) -> Given:
    icon = Image.new("RGBA", (96, 64), (0, 0, 0, 0))
    x, y = rng.randint(20, 40), rng.randint(10, 24)
    colour = (rng.randint(120, 250), rng.randint(0, 90), rng.randint(0, 255), 255)
    ImageDraw.Draw(icon).ellipse((x, y, x + 40, y + 34), fill=colour)
    return Given({"icon.png": inputs.image_bytes(icon)})


def _on_white(o: Outcome) -> None:
    icon = given_picture(o.given.files["icon.png"])
    expected = Image.new("RGB", icon.size, "white")
    expected.paste(icon, (0, 0), icon)
    o.any_of(o.new(".jpg", ".jpeg"), lambda path: need_same(path, expected, 6, worst=200))


def _tiled(image: Image.Image) -> Image.Image:
    result = Image.new("RGB", (2 * image.width, 2 * image.height))
    for x in (0, image.width):
        for y in (0, image.height):
            result.paste(image, (x, y))
    return result


def _squared(o: Outcome) -> None:
    source = _source(o)
    side = min(source.size)
    left, top = (source.width - side) // 2, (source.height - side) // 2
    need_same(o.file("square.png"), source.crop((left, top, left + side, top + side)))


def _three(rng: random.Random) -> Given:
    return Given(
        {
            f"shot{i}.png": inputs.image_bytes(inputs.photo(rng, 160, height))
            for i, height in enumerate(inputs.distinct(rng, 3, 60, 120, 5), 1)
        }
    )


def _stacked(o: Outcome) -> None:
    parts = [given_picture(data) for data in o.given.files.values()]
    expected = Image.new("RGB", (160, sum(part.height for part in parts)))
    y = 0
    for part in parts:
        expected.paste(part, (0, y))
        y += part.height
    need_same(o.file("strip.png"), expected)


def _scans(rng: random.Random) -> Given:
    return Given({f"scan_{name}.bmp": inputs.image_bytes(inputs.photo(rng, 120, 90), "BMP") for name in "abc"})


def _all_converted(o: Outcome) -> None:
    for name, data in o.given.files.items():
        source = given_picture(data)
        smaller = [source.resize((60, 45), how) for how in (Image.Resampling.LANCZOS, Image.Resampling.NEAREST)]
        path = o.file(name.replace(".bmp", ".png"))
        need_size(path, (60, 45))
        o.need(_is_gray(path), f"{path.name} still has colours")
        need_any(path, smaller, 20, mode="L")


def _is_gray(path: Path) -> bool:
    found = pixels(path)
    return bool((found.max(axis=2) - found.min(axis=2)).max() <= 2)


TASKS = [
    Task(
        "images/merge",
        "Split photo.png into two equal halves, left and right. Invert the colours of the right half, then put both "
        "halves back together side by side and save the whole thing as merged.png.",
        _photo,
        lambda o: need_same(o.file("merged.png"), _merged(_source(o))),
        """
from PIL import Image, ImageOps
image = Image.open("photo.png").convert("RGB")
half = image.width // 2
right = ImageOps.invert(image.crop((half, 0, image.width, image.height)))
image.paste(right, (half, 0))
image.save("merged.png")
print("saved merged.png")
""",
        (
            "ImageOps.invert(image.crop((half, 0, image.width, image.height)))",
            "ImageOps.invert(image).crop((0, 0, half, image.height))",
        ),
    ),
    Task(
        "images/rotate",
        "rotate photo.png 90° to the right (clockwise) -> rotated.png",
        _photo,
        lambda o: need_same(o.file("rotated.png"), _source(o).transpose(Image.Transpose.ROTATE_270)),
        """
from PIL import Image
Image.open("photo.png").rotate(-90, expand=True).save("rotated.png")
print("saved rotated.png")
""",
        ("-90", "90"),
    ),
    Task(
        "images/square",
        "I need a square version of photo.png: cut off equal amounts on the left and right so that only the middle "
        "remains, keep the full height. Save as square.png",
        _photo,
        _squared,
        """
from PIL import Image
image = Image.open("photo.png")
left = (image.width - image.height) // 2
image.crop((left, 0, left + image.height, image.height)).save("square.png")
print("saved square.png")
""",
        ("left, 0, left + image.height", "0, 0, image.height"),
    ),
    Task(
        "images/thumbnail",
        "Make a thumbnail of photo.png, {wide} pixels wide, proportions kept. Name: small.png",
        _photo,
        _thumbnail,
        """
from PIL import Image
image = Image.open("photo.png")
image.resize((<<wide>>, round(image.height * <<wide>> / image.width))).save("small.png")
print("saved small.png")
""",
        ("round(image.height * <<wide>> / image.width)", "<<wide>>"),
    ),
    Task(
        "images/background",
        "My logo icon.png is transparent around the edges and looks bad on our site. Please give me a JPEG of it on a "
        "plain white background.",
        _icon,
        _on_white,
        """
from PIL import Image
icon = Image.open("icon.png").convert("RGBA")
white = Image.new("RGB", icon.size, "white")
white.paste(icon, (0, 0), icon)
white.save("icon.jpg", quality=95)
print("saved icon.jpg")
""",
        ('"white")', '"black")'),
    ),
    Task(
        "images/frame",
        "Add a red frame, {border} px on each side, around photo.png (the picture itself must stay uncropped). Save as "
        "framed.png.",
        _photo,
        lambda o: need_same(o.file("framed.png"), ImageOps.expand(_source(o), o.v.border, "red")),
        """
from PIL import Image, ImageOps
ImageOps.expand(Image.open("photo.png"), border=<<border>>, fill="red").save("framed.png")
print("saved framed.png")
""",
        ('fill="red"', 'fill="blue"'),
    ),
    Task(
        "images/tiles",
        "Tile photo.png in a 2x2 grid, no gaps, original size each. Output file tiles.png",
        _photo,
        lambda o: need_same(o.file("tiles.png"), _tiled(_source(o))),
        """
import numpy as np
from PIL import Image
pixels = np.array(Image.open("photo.png").convert("RGB"))
Image.fromarray(np.tile(pixels, (2, 2, 1))).save("tiles.png")
print("saved tiles.png")
""",
        ("(2, 2, 1)", "(1, 2, 1)"),
    ),
    Task(
        "images/stack",
        "put shot1.png, shot2.png and shot3.png below each other, in this order, into one tall picture strip.png",
        _three,
        _stacked,
        """
from PIL import Image
parts = [Image.open(f"shot{i}.png") for i in (1, 2, 3)]
strip = Image.new("RGB", (160, sum(part.height for part in parts)))
y = 0
for part in parts:
    strip.paste(part, (0, y))
    y += part.height
strip.save("strip.png")
print("saved strip.png")
""",
        ("(1, 2, 3)", "(2, 1, 3)"),
    ),
    Task(
        "images/batch",
        "Convert all the .bmp scans to grayscale PNG at half their width and height. Keep the names, only the ending "
        "becomes .png.",
        _scans,
        _all_converted,
        """
from pathlib import Path
from PIL import Image
for path in Path(".").glob("*.bmp"):
    image = Image.open(path).convert("L")
    image.resize((image.width // 2, image.height // 2)).save(path.with_suffix(".png"))
print("converted")
""",
        ('"*.bmp"', '"*a.bmp"'),
    ),
]
