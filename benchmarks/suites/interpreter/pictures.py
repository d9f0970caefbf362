"""Compares pictures that were written with what they should show."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from suites.interpreter.task import Wrong

Pixels = NDArray[np.int64]


def given_picture(data: bytes) -> Image.Image:
    """An input picture."""
    return Image.open(io.BytesIO(data))


def pixels(picture: Path | Image.Image, mode: str = "RGB") -> Pixels:
    """The values of a picture, of shape (height, width) or (height, width, channels)."""
    if isinstance(picture, Path):
        with Image.open(picture) as image:
            return np.asarray(image.convert(mode)).astype(np.int64)
    return np.asarray(picture.convert(mode)).astype(np.int64)


def need_same(
    path: Path, expected: Image.Image, slack: float = 0, mode: str = "RGB", worst: float | None = None
) -> None:
    """Refuse a picture that differs.

    Args:
        path: of the picture.
        expected: what it should show.
        slack: by how much values may differ in the mean.
        mode: in which both are compared.
        worst: by how much any value may differ; by default four times the slack.
    """
    found, wanted = pixels(path, mode), pixels(expected, mode)
    need_size(path, expected.size)
    difference = np.abs(found - wanted)
    if difference.mean() > slack or difference.max() > (4 * slack if worst is None else worst):
        y, x = np.unravel_index(difference.reshape(*wanted.shape[:2], -1).max(axis=2).argmax(), wanted.shape[:2])
        raise Wrong(
            f"{path.name}: the pixel at x={x}, y={y} is {found[y, x].tolist()} instead of {wanted[y, x].tolist()}"
        )


def need_any(path: Path, candidates: list[Image.Image], slack: float = 0, mode: str = "RGB") -> None:
    """Refuse a picture that is like none of the candidates; the reason is that of the first."""
    for expected in candidates[1:]:
        try:
            need_same(path, expected, slack, mode)
        except Wrong:
            continue
        return
    need_same(path, candidates[0], slack, mode)


def need_size(path: Path, size: tuple[int, int]) -> None:
    """Refuse a picture of another size in pixels (width, height)."""
    with Image.open(path) as image:
        if image.size != size:
            raise Wrong(f"{path.name} is {image.width} x {image.height} pixels instead of {size[0]} x {size[1]}")
