"""Vector pictures that a program drew, as files that a browser may open: what draws is kept, all else is left out.

Source: W3C SVG 1.1 (second edition), appendix M (elements) and section 17 (linking); the elements that run or fetch
(script, foreignObject, animations, a) are not in the list.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Final

_SVG: Final = "{http://www.w3.org/2000/svg}"
_HREFS: Final = frozenset({"href", "{http://www.w3.org/1999/xlink}href"})
_DRAWN: Final = """
svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath image style
linearGradient radialGradient stop pattern clipPath mask marker filter feBlend feColorMatrix feComponentTransfer
feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feFlood feFuncA feFuncB feFuncG
feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
feTurbulence
"""
_ELEMENTS: Final = frozenset(_DRAWN.split())
_OWN: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp)[;,])", re.IGNORECASE)
_FETCHES: Final = re.compile(r"@import|url\s*\(\s*(?![\"']?\s*#)|expression\s*\(|javascript:|\\", re.IGNORECASE)

ET.register_namespace("", _SVG[1:-1])
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def static_svg(data: bytes) -> bytes | None:
    """The picture without what runs, fetches or links.

    Args:
        data: an SVG document.

    Returns:
        An SVG document; None where the data is none.
    """
    try:
        root = ET.fromstring(data)  # noqa: S314 - expat 2.4 and newer bounds entities, and nothing is fetched
    except (ET.ParseError, ValueError, LookupError):
        return None
    if root.tag not in {"svg", f"{_SVG}svg"}:
        return None
    todo = [root]
    while todo:
        element = todo.pop()
        for child in list(element):
            if _is_drawn(child):
                todo.append(child)
            else:
                element.remove(child)
        for name, value in list(element.attrib.items()):
            if name.lower().startswith("on") or (name in _HREFS and not _OWN.match(value)) or _FETCHES.search(value):
                del element.attrib[name]
    drawn: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn


def _is_drawn(element: ET.Element) -> bool:
    name = element.tag.removeprefix(_SVG)
    return name in _ELEMENTS and not (name == "style" and _FETCHES.search("".join(element.itertext())))
