"""Charts drawn by hand here; those of matplotlib are in the integration test."""

import math

import pytest
from PIL import Image, ImageDraw
from suites.interpreter.charts import need_bars, need_chart, need_histogram, need_line, need_pie, need_points
from suites.interpreter.task import Wrong

VALUES = [30, 80, 55]
BLUE = (31, 119, 180)


@pytest.fixture
def draw(tmp_path):
    image = Image.new("RGB", (640, 480), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((80, 50, 600, 430), outline="black")
    pen.line((80, 200, 600, 200), fill=(200, 200, 200))

    class Drawing:
        path = tmp_path / "chart.png"

        def __getattr__(self, name):
            return getattr(pen, name)

        def save(self):
            image.save(self.path)
            return self.path

    return Drawing()


def bars(draw, values, *, lying=False, gap=40):
    for i, value in enumerate(values):
        box = (100 + 140 * i, 430 - 4 * value, 200 + 140 * i + 40 - gap, 430)
        if lying:
            box = (80, 60 + 110 * i, 80 + 6 * value, 130 + 110 * i)
        draw.rectangle(box, fill=BLUE)
    return draw.save()


@pytest.mark.parametrize("lying", [False, True])
def test_bars_are_measured(draw, lying):
    path = bars(draw, VALUES, lying=lying)
    need_bars(path, VALUES[::-1])
    for wrong in ([30, 80], [30, 80, 70], [*VALUES, 40]):
        with pytest.raises(Wrong, match="bars"):
            need_bars(path, wrong)


def test_lines_of_the_grid_do_not_cut_bars(draw):
    bars(draw, VALUES)
    for i in range(3):
        draw.line((150 + 140 * i, 50, 150 + 140 * i, 430), fill=(176, 176, 176))
        draw.line((80, 400 - 60 * i, 600, 400 - 60 * i), fill=(176, 176, 176))
    need_bars(draw.save(), VALUES)


def test_bins_are_measured_in_their_order(draw):
    path = bars(draw, VALUES, gap=0)
    need_histogram(path, VALUES)
    with pytest.raises(Wrong, match="bins"):
        need_histogram(path, VALUES[::-1])


def test_slices_are_measured(draw):
    angle = 0.0
    for value, colour in zip(VALUES, ["red", "green", BLUE], strict=True):
        draw.pieslice((200, 100, 460, 360), angle, angle + 360 * value / sum(VALUES), fill=colour)
        angle += 360 * value / sum(VALUES)
    path = draw.save()
    need_pie(path, VALUES)
    with pytest.raises(Wrong, match="slices"):
        need_pie(path, [30, 80, 80])


def test_bars_are_no_pie(draw):
    for i, (value, colour) in enumerate(zip(VALUES, ["red", "green", BLUE], strict=True)):
        draw.rectangle((100 + 140 * i, 430 - 4 * value, 200 + 140 * i, 430), fill=colour)
    with pytest.raises(Wrong, match="not a pie"):
        need_pie(draw.save(), VALUES)


def test_a_line_is_followed_whatever_the_legend(draw):
    xs = [i / 10 for i in range(60)]
    ys = [math.sin(x) for x in xs]
    draw.line([(100 + 80 * x, 240 - 150 * y) for x, y in zip(xs, ys, strict=True)], fill=BLUE, width=2)
    draw.line((520, 70, 550, 70), fill=BLUE, width=2)
    path = draw.save()
    need_line(path, xs, ys)
    with pytest.raises(Wrong, match="no line"):
        need_line(path, xs, [math.cos(x) for x in xs])


def test_points_are_found(draw):
    points = [(7 * i % 41, (i * i) % 37) for i in range(41)]
    for x, y in points:
        draw.ellipse((100 + 10 * x - 3, 400 - 8 * y - 3, 100 + 10 * x + 3, 400 - 8 * y + 3), fill=BLUE)
    path = draw.save()
    xs, ys = zip(*points, strict=True)
    need_points(path, xs, ys)
    with pytest.raises(Wrong, match="no marks"):
        need_points(path, ys, xs)


def test_blank_and_tiny_pictures_are_no_charts(tmp_path):
    Image.new("RGB", (640, 480), "white").save(tmp_path / "blank.png")
    Image.new("RGB", (64, 48), "red").save(tmp_path / "tiny.png")
    with pytest.raises(Wrong, match=r"blank\.png is blank"):
        need_chart(tmp_path / "blank.png")
    with pytest.raises(Wrong, match="only 64 x 48 pixels"):
        need_chart(tmp_path / "tiny.png")
