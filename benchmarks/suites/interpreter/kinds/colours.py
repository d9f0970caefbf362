"""Reading colours and pixels."""

from __future__ import annotations

import random
import re

import numpy as np
from PIL import Image, ImageDraw

from suites.interpreter import answers, inputs
from suites.interpreter.pictures import given_picture, need_same, pixels
from suites.interpreter.task import Given, Outcome, Task

_NAMED = {"red": (255, 0, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "green": (0, 128, 0)}


def _photo(rng: random.Random) -> Given:
    picture = inputs.photo(rng)
    x = y = 0
    while picture.getpixel((x, y)) == picture.getpixel((x + 1, y + 1)):
        x, y = rng.randint(5, 200), rng.randint(5, 150)
    channel = rng.choice(["red", "green", "blue"])
    return Given(
        {"photo.png": inputs.image_bytes(picture)},
        channel=channel,
        index=["red", "green", "blue"].index(channel),
        x=x,
        y=y,
    )


def _photo_pixels(o: Outcome) -> np.ndarray:
    return pixels(given_picture(o.given.files["photo.png"]))


def _one_pixel(o: Outcome) -> None:
    wanted = [int(value) for value in _photo_pixels(o)[o.v.y, o.v.x]]
    found = [int(value) for value in re.findall(r"\d+", o.answer)]
    listed = any(found[i : i + 3] == wanted for i in range(len(found)))
    as_hex = "#" + bytes(wanted).hex()
    o.need(listed or as_hex in o.answer.lower(), f"not {wanted}: {answers.excerpt(o.answer)}")


def _shapes(rng: random.Random) -> Given:
    image = Image.new("RGB", (300, 200), "white")
    draw = ImageDraw.Draw(image)
    widths = inputs.distinct(rng, 4, 30, 130, 12)
    names = list(_NAMED)
    rng.shuffle(names)
    for i, (name, width) in enumerate(zip(names, widths, strict=True)):
        draw.rectangle((10, 10 + 46 * i, 10 + width, 40 + 46 * i), fill=_NAMED[name])
    counts = {name: (width + 1) * 31 for name, width in zip(names, widths, strict=True)}
    pick = rng.choice(names)
    return Given(
        {"shapes.png": inputs.image_bytes(image)},
        names=names,
        largest=max(counts, key=counts.__getitem__),
        pick=pick,
        rgb=_NAMED[pick],
        count=counts[pick],
        share=100 * counts[pick] / 60000,
    )


def _replaced(o: Outcome) -> None:
    source = pixels(given_picture(o.given.files["shapes.png"]))
    source[(source == o.v.rgb).all(axis=2)] = (255, 0, 255)
    need_same(o.file("magenta.png"), Image.fromarray(source.astype(np.uint8)))
    o.says(o.v.count)


TASKS = [
    Task(
        "colours/mean",
        "What's the average {channel} value over all pixels of photo.png? Two decimals.",
        _photo,
        lambda o: o.says(float(_photo_pixels(o)[..., o.v.index].mean()), 0.011),
        """
import numpy as np
from PIL import Image
pixels = np.array(Image.open("photo.png").convert("RGB"))
print(f"The average <<channel>> value is {pixels[..., <<index>>].mean():.2f}.")
""",
        ("pixels[..., <<index>>]", "pixels"),
    ),
    Task(
        "colours/pixel",
        "which rgb colour does the pixel at x={x}, y={y} of photo.png have (counted from 0, top left)?",
        _photo,
        _one_pixel,
        """
from PIL import Image
print("RGB:", Image.open("photo.png").convert("RGB").getpixel((<<x>>, <<y>>)))
""",
        ("(<<x>>, <<y>>)", "(<<x>> + 1, <<y>> + 1)"),
    ),
    Task(
        "colours/share",
        "What percentage of the area of shapes.png is {pick}, i.e. exactly rgb{rgb}?",
        _shapes,
        lambda o: o.says(o.v.share, 0.051),
        """
import numpy as np
from PIL import Image
pixels = np.array(Image.open("shapes.png").convert("RGB"))
print(f"{100 * (pixels == <<rgb>>).all(axis=2).mean():.2f} % is <<pick>>.")
""",
        (".all(axis=2)", ""),
    ),
    Task(
        "colours/dominant",
        "Apart from the white background, which colour covers the biggest area in shapes.png: red, blue, yellow or "
        "green?",
        _shapes,
        lambda o: o.picks(o.v.largest, o.v.names),
        """
from collections import Counter
from PIL import Image
names = {(255, 0, 0): "red", (0, 0, 255): "blue", (255, 255, 0): "yellow", (0, 128, 0): "green"}
counts = Counter(Image.open("shapes.png").convert("RGB").getdata())
print("The largest area is", names[max(names, key=counts.get)])
""",
        ("names[max(", "names[min("),
    ),
    Task(
        "colours/replace",
        "Replace every {pick} pixel (rgb {rgb}) of shapes.png by magenta (255, 0, 255) and leave all others alone. "
        "Save: magenta.png. How many pixels did you change?",
        _shapes,
        _replaced,
        """
import numpy as np
from PIL import Image
pixels = np.array(Image.open("shapes.png").convert("RGB"))
mask = (pixels == <<rgb>>).all(axis=2)
pixels[mask] = (255, 0, 255)
Image.fromarray(pixels).save("magenta.png")
print(mask.sum(), "pixels changed")
""",
        ("(255, 0, 255)\n", "(0, 255, 255)\n"),
    ),
]
