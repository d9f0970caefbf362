"""A picture made small. Pictures come from programs, so they are decoded where those run.

This module runs in the guest; see the package.
"""

import base64
import io
import json


def main(encoded: str, max_width: int, max_height: int, colors: int) -> str:
    """JSON with the picture's pixels, RGB, base64; transparent parts are white. Of 0 colours there are many."""
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        image.draft("RGB", (max_width * 2, max_height * 2))
        scale = min(max_width / image.width, max_height / image.height, 1)
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        small = image.convert("RGBA").resize(size, Image.Resampling.BOX)
    opaque = Image.new("RGBA", size, "white")
    opaque.alpha_composite(small)
    plain = opaque.convert("RGB")
    if colors:
        plain = plain.quantize(colors).convert("RGB")
    pixels = base64.b64encode(plain.tobytes()).decode("ascii")
    return json.dumps({"width": size[0], "height": size[1], "rgb": pixels})
