"""Image editing."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from suites.interpreter import inputs
from suites.interpreter.pictures import given_picture, need_same, need_size, pixels
from suites.interpreter.task import Given, Outcome, Task, Wrong


def _scene(rng: random.Random, width: int, height: int) -> Image.Image:
    """A smooth picture, unlike its own mirror images and turned versions."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x, y = x / width, y / height
    k = rng.uniform(2, 4)
    layers = [30 + 200 * x, 220 - 190 * y, 120 + 70 * np.sin(k * (x + 2 * y))]
    image = Image.fromarray(np.stack(layers, axis=2).clip(0, 255).astype(np.uint8), "RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(4):
        cx, cy, r = rng.randint(0, width), rng.randint(0, height), rng.randint(height // 10, height // 5)
        draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=tuple(rng.randint(20, 230) for _ in range(3)))
    return image


def _need_one_of(path: Path, candidates: list[Image.Image]) -> None:
    """Refuse a picture that is like none of these, but for its resampling and compression."""
    reasons = []
    for candidate in candidates:
        try:
            need_same(path, candidate, 3, worst=200)
        except Wrong as reason:
            reasons.append(reason)
        else:
            return
    raise reasons[0]


# --- a square avatar


def _holiday(rng: random.Random) -> Given:
    height = rng.randrange(180, 222, 2)
    width = height + rng.randrange(90, 160, 2)
    side = rng.choice([64, 96, 120])
    data = inputs.image_bytes(_scene(rng, width, height))
    return Given({"me_at_the_beach.png": data}, data=data, side=side)


def _avatar(o: Outcome) -> None:
    image = given_picture(o.v.data)
    left = (image.width - image.height) // 2
    square = image.crop((left, 0, left + image.height, image.height))
    candidates = [
        square.resize((o.v.side, o.v.side), how)
        for how in (Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BOX, Image.Resampling.NEAREST)
    ]

    o.any_of(o.new(".png"), lambda path: _need_one_of(path, candidates))


# --- a number plate


def _car(rng: random.Random) -> Given:
    image = _scene(rng, 320, 240)
    draw = ImageDraw.Draw(image)
    x, y = rng.randint(70, 150), rng.randint(110, 150)
    w, h = rng.randint(70, 100), rng.randint(24, 34)
    draw.rectangle((x - 45, y - 50, x + w + 45, y + h + 30), fill=(205, 210, 200))
    draw.rectangle((x, y, x + w, y + h), fill=(250, 250, 240))
    draw.text((x + 8, y + 6), "".join(rng.choices("ABCDEFGHKLMNPRSTUVWXYZ", k=2)) + " 4711", fill=(10, 10, 10))
    data = inputs.image_bytes(image, "JPEG")
    return Given({"car.jpg": data}, data=data, x1=x, y1=y, x2=x + w, y2=y + h)


def _plate(o: Outcome) -> None:
    path = o.file("car_anon.jpg")
    image = given_picture(o.v.data)
    need_size(path, image.size)
    found, before = pixels(path, "L"), pixels(image, "L")
    y, x = np.mgrid[0 : image.height, 0 : image.width]
    v = o.v

    def within(by: int) -> np.ndarray:
        return (x >= v.x1 - by) & (x <= v.x2 + by) & (y >= v.y1 - by) & (y <= v.y2 + by)

    o.need(found[within(-3)].mean() < 20 and found[within(-3)].max() < 90, "the plate is not black")
    off = np.abs(found - before)
    o.need(np.median(off[within(6) & ~within(3)]) < 25, "the box is too large")
    o.need(off[~within(10)].mean() < 4 and off[~within(10)].max() < 90, "the rest of the picture was changed")


# --- a transparent background


def _logo(rng: random.Random) -> Given:
    image = Image.new("RGB", (200, 140), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    a, b = rng.randint(15, 40), rng.randint(10, 30)
    draw.ellipse((a, b, a + 110, b + 95), fill=(rng.randint(10, 90), rng.randint(60, 160), rng.randint(120, 230)))
    draw.rectangle((a + 25, b + 25, a + 80, b + 50), fill=(252, 244, 214))  # cream, which has to stay
    draw.polygon([(a + 120, b + 90), (a + 150, b + 20), (a + 158, b + 95)], fill=(rng.randint(150, 240), 40, 60))
    draw.ellipse((a + 30, b + 60, a + 60, b + 80), fill=(255, 255, 255))
    data = inputs.image_bytes(image)
    return Given({"logo.png": data}, data=data)


def _transparent(o: Outcome) -> None:
    path = o.file("logo_transparent.png")
    before = pixels(given_picture(o.v.data))
    need_size(path, (before.shape[1], before.shape[0]))
    found = pixels(path, "RGBA")
    white = (before == 255).all(axis=2)
    o.need((found[white][:, 3] == 0).all(), "white is not transparent everywhere")
    o.need((found[~white][:, 3] == 255).all(), "more than white is transparent")
    o.need((found[~white][:, :3] == before[~white]).all(), "the logo's colours were changed")


# --- turned and grey


def _letter(rng: random.Random) -> Given:
    data = inputs.image_bytes(_scene(rng, rng.randint(230, 280), rng.randint(150, 190)))
    return Given({"IMG_2207.png": data}, data=data)


def _upright(o: Outcome) -> None:
    turned = given_picture(o.v.data).convert("RGB").transpose(Image.Transpose.ROTATE_270)
    values = pixels(turned)
    grey = [
        values.mean(axis=2),
        (values.max(axis=2) + values.min(axis=2)) / 2,
        values @ np.array([0.2126, 0.7152, 0.0722]),
    ]
    candidates = [turned.convert("L"), *(Image.fromarray(g.round().astype(np.uint8), "L") for g in grey)]
    o.any_of(o.new(".png", ".jpg", ".jpeg"), lambda path: _need_one_of(path, candidates))


TASKS = [
    Task(
        "images/avatar",
        "i need a {side}x{side} profile pic from this photo. cut the biggest square you can get out of the middle and "
        "scale that down, don't squash me please. PNG",
        _holiday,
        _avatar,
        """
from PIL import Image
img = Image.open("me_at_the_beach.png").convert("RGB")
side = min(img.size)
left, top = (img.width - side) // 2, (img.height - side) // 2
square = img.crop((left, top, left + side, top + side))
square.resize((<<side>>, <<side>>), Image.LANCZOS).save("profile.png")
print("Saved profile.png, size: <<side>> x <<side>>")
""",
        ("square.resize", "img.resize"),
    ),
    Task(
        "images/plate",
        "Before I put car.jpg online: cover the number plate with a solid black box. It sits between x={x1} and x={x2} "
        "and between y={y1} and y={y2} (pixels from the top left corner). Save the result as car_anon.jpg.",
        _car,
        _plate,
        """
from PIL import Image, ImageDraw
img = Image.open("car.jpg").convert("RGB")
ImageDraw.Draw(img).rectangle((<<x1>>, <<y1>>, <<x2>>, <<y2>>), fill="black")
img.save("car_anon.jpg", quality=92)
print("Saved car_anon.jpg")
""",
        ("(<<x1>>, <<y1>>, <<x2>>, <<y2>>)", "(<<y1>>, <<x1>>, <<y2>>, <<x2>>)"),
    ),
    Task(
        "images/transparent",
        "Our logo has a white background and that looks awful on the dark website. Could you make every pure white "
        "pixel transparent and leave all other colours alone? I'd like it as logo_transparent.png",
        _logo,
        _transparent,
        """
import numpy as np
from PIL import Image
a = np.array(Image.open("logo.png").convert("RGBA"))
white = (a[..., :3] >= 255).all(axis=2)
a[white, 3] = 0
Image.fromarray(a).save("logo_transparent.png")
print("Transparent pixels:", int(white.sum()))
""",
        (">= 255", ">= 200"),
    ),
    Task(
        "images/sideways",
        "The picture lies on its side - turn it a quarter turn clockwise and make it greyscale while you're at it.",
        _letter,
        _upright,
        """
from PIL import Image
img = Image.open("IMG_2207.png")
out = img.rotate(-90, expand=True).convert("L")
out.save("upright.png")
print("Saved upright.png, size:", out.size)
""",
        ("rotate(-90", "rotate(90"),
    ),
]
