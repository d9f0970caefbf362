"""Draw ``examples/photo.png``, the picture of the demo: a landscape, made here, so that it is nobody's photograph."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 400
HORIZON = 250


def draw() -> Image.Image:
    """The picture, always the same."""
    rng = np.random.default_rng(7)
    rows = np.linspace(0.0, 1.0, HORIZON)[:, None]
    sky = (1 - rows) * np.array([38, 84, 160]) + rows * np.array([250, 196, 132])
    pixels = np.zeros((HEIGHT, WIDTH, 3))
    pixels[:HORIZON] = sky[:, None, :]
    depth = np.linspace(0.0, 1.0, HEIGHT - HORIZON)[:, None]
    sea = (1 - depth) * np.array([214, 150, 120]) + depth * np.array([18, 50, 92])
    x = np.arange(WIDTH)
    waves = 10 * np.sin(x[None, :] / 17 + np.arange(HEIGHT - HORIZON)[:, None] ** 1.4 / 9)
    pixels[HORIZON:] = sea[:, None, :] + waves[:, :, None]
    pixels += rng.normal(0, 2, pixels.shape)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    shapes = ImageDraw.Draw(image)
    shapes.ellipse((430, 150, 510, 230), fill=(255, 236, 170))
    for base, height, colour in ((-60, 120, (70, 72, 110)), (120, 165, (52, 54, 92)), (330, 95, (84, 80, 116))):
        shapes.polygon([(base, HORIZON), (base + 150, HORIZON - height), (base + 330, HORIZON)], fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(0.8))
    shapes = ImageDraw.Draw(image)
    shapes.polygon([(140, 330), (260, 330), (236, 356), (164, 356)], fill=(120, 44, 40))
    shapes.polygon([(196, 230), (196, 324), (270, 324)], fill=(244, 240, 228))
    shapes.polygon([(188, 250), (188, 324), (142, 324)], fill=(226, 218, 200))
    shapes.line((192, 222, 192, 332), fill=(60, 40, 30), width=3)
    return image


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/photo.png")
    target.parent.mkdir(parents=True, exist_ok=True)
    draw().quantize(128, dither=Image.Dither.FLOYDSTEINBERG).convert("RGB").save(target, optimize=True)
    print(target, target.stat().st_size, "bytes")
