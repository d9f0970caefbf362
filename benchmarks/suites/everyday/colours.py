"""Reading colours and pixels."""

from __future__ import annotations

import random
import re

import numpy as np
from PIL import Image, ImageDraw

from suites.interpreter import answers, inputs
from suites.interpreter.pictures import given_picture, pixels
from suites.interpreter.task import Given, Outcome, Task


def _has_colour(text: str, colour: tuple[int, int, int], hex_only: bool = False) -> bool:
    """Whether a text has a colour as a hex code or as three numbers."""
    if re.search("(?<![0-9a-f]){:02x}{:02x}{:02x}(?![0-9a-f])".format(*colour), text, re.IGNORECASE):
        return True
    red, green, blue = colour
    return not hex_only and bool(re.search(rf"(?<!\d){red}\D{{1,12}}{green}\D{{1,12}}{blue}(?!\d)", text))


# --- one pixel


def _poster(rng: random.Random) -> Given:
    while True:
        image = inputs.photo(rng, 260, 180)
        x, y = rng.randint(90, 170), rng.randint(10, 70)
        if image.getpixel((x, y)) != image.getpixel((y, x)):
            break
    colour = image.getpixel((x, y))
    return Given({"poster.png": inputs.image_bytes(image)}, x=x, y=y, colour=colour)


# --- a palette


def _stripes(rng: random.Random) -> Given:
    n = rng.choice([4, 5])
    while True:
        cuts = sorted(rng.sample(range(6, 95), n - 1))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        if len(set(shares)) == n and min(shares) >= 6:
            break
    colours = [tuple(rng.randint(0, 255) for _ in range(3)) for _ in range(n)]
    image = Image.new("RGB", (150, 200))
    draw, top = ImageDraw.Draw(image), 0
    for share, colour in zip(shares, colours, strict=True):
        draw.rectangle((0, top, 149, top + 2 * share - 1), fill=colour)
        top += 2 * share
    return Given({"brand.png": inputs.image_bytes(image)}, n=n, shares=shares, colours=colours)


def _palette(o: Outcome) -> None:
    for share, colour in zip(o.v.shares, o.v.colours, strict=True):
        code = "#{:02x}{:02x}{:02x}".format(*colour)
        o.need(_has_colour(o.answer, colour, hex_only=True), f"the answer lacks {code}: {answers.excerpt(o.answer)}")
        o.says(float(share), 0.06)


# --- seats


def _hall(rng: random.Random) -> Given:
    rows, columns = rng.randint(7, 10), rng.randint(11, 15)
    while True:
        free = [[rng.random() < 0.4 for _ in range(columns)] for _ in range(rows)]
        n = sum(map(sum, free))
        if n not in {rows, columns, 12} and 2 * n != rows * columns:
            break
    image = Image.new("RGB", (20 * columns + 30, 20 * rows + 60), (240, 240, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 8, image.width - 21, 18), fill=(60, 60, 60))
    for i, row in enumerate(free):
        for j, is_free in enumerate(row):
            x, y = 20 + 20 * j, 40 + 20 * i
            draw.rectangle((x, y, x + 11, y + 11), fill=(0, 160, 70) if is_free else (200, 30, 30))
    return Given({"hall.png": inputs.image_bytes(image)}, n=n)


# --- a leaf


def _leaf(rng: random.Random) -> Given:
    image = Image.new("RGB", (240, 160), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.ellipse((rng.randint(25, 50), rng.randint(15, 30), rng.randint(180, 220), rng.randint(120, 145)), fill=1 << 8)
    leaf = pixels(image)[..., 2] == 0
    a = np.full((160, 240, 3), 255, np.uint8)
    noise = np.array([rng.randint(0, 60) for _ in range(leaf.size)], np.uint8).reshape(leaf.shape)
    a[leaf] = np.stack([30 + noise, 120 + noise, 40 + noise // 2], axis=2)[leaf]
    y, x = np.mgrid[0:160, 0:240]
    a[leaf & (np.abs(y - 80 - (x - 120) // 4) < 3)] = (236, 250, 230)  # a light vein
    for _ in range(rng.randint(3, 6)):
        cx, cy, r = rng.randint(70, 170), rng.randint(50, 110), rng.randint(6, 15)
        spot = leaf & ((x - cx) ** 2 + (y - cy) ** 2 <= r * r)
        a[spot] = np.stack([130 + noise, 80 + noise // 2, 30 + noise // 3], axis=2)[spot]
    return Given({"leaf_017.png": inputs.image_bytes(Image.fromarray(a))}, data=inputs.image_bytes(Image.fromarray(a)))


def _diseased(o: Outcome) -> None:
    a = pixels(given_picture(o.v.data))
    ill = (a[..., 0] > a[..., 1]).sum()
    o.says(float(100 * ill / (a.min(axis=2) < 255).sum()), 0.51)


TASKS = [
    Task(
        "colours/pixel",
        "hex code of the pixel at x={x}, y={y} in poster.png? (0,0 is top left)",
        _poster,
        lambda o: o.need(
            _has_colour(o.answer, o.v.colour, hex_only=True),
            "the answer lacks #{:02x}{:02x}{:02x}: ".format(*o.v.colour) + answers.excerpt(o.answer),
        ),
        """
from PIL import Image
r, g, b = Image.open("poster.png").convert("RGB").getpixel((<<x>>, <<y>>))
print(f"Hex code: #{r:02x}{g:02x}{b:02x}")
""",
        ("(<<x>>, <<y>>)", "(<<y>>, <<x>>)"),
    ),
    Task(
        "colours/palette",
        "I'm rebuilding our brand sheet. The image I uploaded consists of exactly {n} flat colours: list their hex codes "
        "and tell me how many percent of the area each one covers.",
        _stripes,
        _palette,
        """
from PIL import Image
img = Image.open("brand.png").convert("RGB")
area = img.width * img.height
for count, (r, g, b) in sorted(img.getcolors(area), reverse=True):
    print(f"#{r:02X}{g:02X}{b:02X}: {100 * count / area:.1f} %")
""",
        ("area = img.width * img.height", "area = img.height * img.height"),
    ),
    Task(
        "colours/seats",
        "hall.png is the seating plan of our cinema tonight. Every seat is a square of 12 x 12 pixels, green (0,160,70) "
        "means free and red (200,30,30) means sold. How many seats are still free?",
        _hall,
        lambda o: o.says(o.v.n),
        """
import numpy as np
from PIL import Image
a = np.array(Image.open("hall.png").convert("RGB"))
print("Free seats:", int((a == (0, 160, 70)).all(axis=2).sum()) // 144)
""",
        ("(0, 160, 70)", "(200, 30, 30)"),
    ),
    Task(
        "colours/leaf",
        "On this scan of a leaf everything that is not pure white belongs to the leaf. Pixels where red is higher than "
        "green are diseased. What percentage of the leaf is diseased?",
        _leaf,
        _diseased,
        """
import numpy as np
from PIL import Image
a = np.array(Image.open("leaf_017.png").convert("RGB")).astype(int)
ill = (a[..., 0] > a[..., 1]).sum()
leaf = (a != 255).any(axis=2).sum()
print(f"Diseased: {100 * ill / leaf:.2f} % of the leaf")
""",
        ("100 * ill / leaf", "100 * ill / a[..., 0].size"),
    ),
]
