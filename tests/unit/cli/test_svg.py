"""Vector pictures of programs: what draws stays, what runs, fetches or links goes."""

import xml.etree.ElementTree as ET

import pytest

from offline_ci.cli.svg import static_svg

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
# As matplotlib 3.10 writes it.
CHART = f"""<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg {NAMES} width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6" version="1.1">
 <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
 <defs><style type="text/css">*{{stroke-linejoin: round; stroke-linecap: butt}}</style></defs>
 <g id="figure_1"><g id="patch_1"><path d="M 0 345.6 L 460.8 345.6 z" style="fill: #ffffff"/></g>
  <defs><path id="m8" d="M 0 0 L 0 3.5" style="stroke: #000000"/></defs>
  <g clip-path="url(#p1)"><use xlink:href="#m8" x="73" y="307" style="stroke: #000000"/></g>
  <image xlink:href="data:image/png;base64,iVBOR" width="10" height="10"/>
  <text style="font: 10px 'DejaVu Sans'">a &lt; b</text></g>
 <defs><clipPath id="p1"><rect x="57" y="41" width="357" height="266"/></clipPath></defs>
</svg>"""


def drawn(inside, attributes=""):
    data = static_svg(f"<svg {NAMES} {attributes}>{inside}</svg>".encode())
    assert data is not None
    return data.decode()


def test_a_chart_keeps_everything_that_draws():
    data = static_svg(CHART.encode())
    before, after = (
        [(element.tag, element.attrib, (element.text or "").strip()) for element in ET.fromstring(text).iter()]  # noqa: S314
        for text in (CHART, data)
    )
    left_out = [element for element in before if element not in after]
    assert [tag.rpartition("}")[2] for tag, _, _ in left_out] == ["metadata", "RDF"]
    assert data.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<g><script>alert(1)</script></g>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
        "<rect onload='alert(1)'/>",
        "<rect ONCLICK='alert(1)'/>",
        "<a href='javascript:alert(1)'><text>alert</text></a>",
        "<use href='http://evil.example/alert.svg#x'/>",
        "<image href='https://evil.example/alert.png'/>",
        "<image xlink:href=' data:image/svg+xml,alert'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<style>@import url(http://evil.example/alert.css);</style>",
        "<style>rect { fill: url('http://evil.example/alert') }</style>",
        "<style>rect { fill: u\\72l(http://evil.example/alert) }</style>",
        "<rect style='fill: url(//evil.example/alert)'/>",
        "<rect fill='url( http://evil.example/alert )'/>",
        "<iframe src='alert'/>",
        "<?xml-stylesheet href='alert'?>",
        "<!-- alert -->",
    ],
)
def test_what_runs_or_fetches_goes(inside):
    assert "alert" not in drawn(inside).lower()


def test_handlers_of_the_picture_itself_go():
    assert "alert" not in drawn("<rect/>", "onload='alert(1)'")


def test_gradients_and_clips_of_its_own_stay():
    text = drawn("<rect style='fill: url(#g)' clip-path=\"url('#c')\"/>")
    assert "url(#g)" in text
    assert "url('#c')" in text


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg", b"<html/>", b"\xff\xfe", b"<svg>&nothing;</svg>", b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>"],
)  # fmt: skip
def test_what_is_no_picture_is_none(data):
    assert static_svg(data) is None


def test_entities_in_entities_do_not_grow():
    levels = "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "{"x" * 100}">{levels}]><svg>&e12;</svg>'
    assert static_svg(bomb.encode()) is None
