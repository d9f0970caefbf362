"""A page that is one file: it shows what is in it, fetches nothing and runs nothing, whatever strangers wrote."""

from __future__ import annotations

import base64
import hashlib


def html_page(title: str, body: str, footer: str, *, style: str, has_pictures: bool = False) -> bytes:
    """The file, UTF-8. Its Content-Security-Policy allows its own style sheet, and pictures inside it where it has any.

    Args:
        title: escaped.
        body: markup.
        footer: escaped.
        style: a style sheet.
        has_pictures: there are ``data:`` pictures in the body.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    pictures = "img-src data:; " if has_pictures else ""
    policy = f"default-src 'none'; {pictures}style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    page = f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
{body}
<footer>{footer}</footer>
</body>
</html>
"""
    return page.encode("utf-8", "replace")
