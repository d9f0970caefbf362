"""Colours of a request in worked examples."""

import pytest

from offline_ci.interpreter.fill_in_colours import fill_in_colours
from offline_ci.interpreter.inspect_files import FileFacts

CODE = "mask = pixels == (RED, GREEN, BLUE)\npixels[mask] = (NEW_RED, NEW_GREEN, NEW_BLUE)"
SHAPES = [
    FileFacts("a.png", "a.png: PNG image, 2 colours: (0, 128, 0) green 82.43 %, (250, 1, 2) red 6.562 %; open it")
]


@pytest.mark.parametrize(
    ("request_text", "facts", "old", "new"),
    [
        ("Make the red pixels blue", [], "(255, 0, 0)", "(0, 0, 255)"),
        ("Make the red pixels blue", SHAPES, "(250, 1, 2)", "(0, 0, 255)"),
        (
            "Replace every yellow pixel (rgb (255, 255, 0)) by magenta (255,0,255)",
            [],
            "(255, 255, 0)",
            "(255, 0, 255)",
        ),
        ("How many pixels are (1, 2, 3)?", SHAPES, "(1, 2, 3)", "(NEW_RED, NEW_GREEN, NEW_BLUE)"),
        ("How bright is it?", SHAPES, "(RED, GREEN, BLUE)", "(NEW_RED, NEW_GREEN, NEW_BLUE)"),
    ],
)
def test_the_colours_of_the_request_are_put_in(request_text, facts, old, new):
    assert fill_in_colours(CODE, request_text, facts) == f"mask = pixels == {old}\npixels[mask] = {new}"
