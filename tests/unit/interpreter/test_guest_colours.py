"""Colours of pictures that have few."""

import pytest
from PIL import Image

from offline_ci.interpreter.guest.colours import few_colours, name_of
from offline_ci.interpreter.guest.documents import describe_image


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 0, 0), "red"),
        ((200, 30, 30), "red"),
        ((240, 140, 20), "orange"),
        ((139, 69, 19), "brown"),
        ((250, 220, 30), "yellow"),
        ((0, 160, 70), "green"),
        ((0, 200, 220), "cyan"),
        ((20, 60, 200), "blue"),
        ((120, 40, 160), "purple"),
        ((255, 105, 180), "pink"),
        ((5, 5, 5), "black"),
        ((128, 128, 128), "grey"),
        ((250, 250, 250), "white"),
    ],
)
def test_colours_have_the_names_that_people_use(rgb, name):
    assert name_of(rgb) == name


def test_shares_are_told_where_colours_are_few():
    counted = [(1, (255, 0, 0)), (3, (255, 255, 255))]
    assert few_colours(counted) == ", 2 colours: (255, 255, 255) white 75 %, (255, 0, 0) red 25 %"
    assert few_colours(None) == ""


def test_a_picture_is_described_with_them(tmp_path):
    image = Image.new("RGB", (4, 2), (255, 255, 255))
    image.putpixel((0, 0), (0, 0, 255))
    image.save(tmp_path / "a.png")
    assert (
        "2 colours: (255, 255, 255) white 87.5 %, (0, 0, 255) blue 12.5 %" in describe_image(tmp_path / "a.png")["text"]
    )
    Image.effect_noise((64, 64), 80).save(tmp_path / "b.png")
    assert "colours" not in describe_image(tmp_path / "b.png")["text"]
