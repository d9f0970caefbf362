"""Pictures made small by the real sandbox."""

import io

import pytest
from PIL import Image

from offline_ci.interpreter.thumbnail import Thumbnail, make_thumbnail
from offline_ci.sandbox import Sandbox

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def encoded(image, kind):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_picture_is_made_to_fit(sandbox, kind):
    image = Image.new("RGB", (100, 50), (255, 0, 0))
    image.paste((0, 0, 255), (50, 0, 100, 50))
    small = make_thumbnail(sandbox, encoded(image, kind), 4, 4)
    assert (small.width, small.height) == (4, 2)
    pixels = [tuple(small.rgb[i : i + 3]) for i in range(0, 24, 3)]
    assert all(
        max(abs(a - b) for a, b in zip(p, q, strict=True)) < 8
        for p, q in zip(pixels, [(255, 0, 0), (255, 0, 0), (0, 0, 255), (0, 0, 255)] * 2, strict=True)
    )


def test_a_small_picture_stays_and_what_is_transparent_is_white(sandbox):
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 255, 0, 255))
    assert make_thumbnail(sandbox, encoded(image, "PNG"), 40, 40) == Thumbnail(2, 1, b"\xff\xff\xff\x00\xff\x00")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", bytes(9 << 20)])
def test_what_is_no_picture_has_none(sandbox, data):
    assert make_thumbnail(sandbox, data, 4, 4) is None


def test_the_session_is_left_alone(sandbox):
    sandbox.run("print = json = 7; kept = 1")
    assert make_thumbnail(sandbox, encoded(Image.new("L", (1, 1)), "PNG"), 4, 4) is None
    sandbox.run("del print, json")
    assert make_thumbnail(sandbox, encoded(Image.new("L", (1, 1)), "PNG"), 4, 4) == Thumbnail(1, 1, bytes(3))
    assert sandbox.run("sorted(n for n in globals() if not n.startswith('_'))").result == "['kept']"
    assert sandbox.files.list() == []


def test_colours_are_reduced_in_the_sandbox(sandbox):
    image = Image.radial_gradient("L").convert("RGB").resize((60, 40))
    small = make_thumbnail(sandbox, encoded(image, "PNG"), 60, 40, 16)
    assert len({small.rgb[i : i + 3] for i in range(0, len(small.rgb), 3)}) <= 16
