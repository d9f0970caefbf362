"""``IPython.display``, the part that code interpreters use: each class is shown through its MIME type."""

import base64
import pathlib

from offline_ci_guest import refusals
from offline_ci_guest.display import DisplayHandle, display, update_display

__all__ = [
    "HTML", "JSON", "SVG", "DisplayHandle", "FileLink", "Image", "Latex", "Markdown", "Math", "clear_output", "display",
    "update_display",
]  # fmt: skip


class _Display:
    mime = "text/plain"

    def __init__(self, data=None, filename=None, **_options):
        if filename is not None:
            data = pathlib.Path(filename).read_bytes()
            if not self.mime.startswith("image/") or self.mime == "image/svg+xml":
                data = data.decode("utf-8")
        self.data = data

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.mime: self.data}


class HTML(_Display):
    """HTML."""

    mime = "text/html"


class Markdown(_Display):
    """Markdown."""

    mime = "text/markdown"


class Latex(_Display):
    """LaTeX."""

    mime = "text/latex"


class Math(Latex):
    """LaTeX without its dollar signs."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.mime: f"$\\displaystyle {self.data.strip('$')}$"}


class SVG(_Display):
    """SVG."""

    mime = "image/svg+xml"


class JSON(_Display):
    """JSON."""

    mime = "application/json"


class Image(_Display):
    """A PNG or JPEG, from bytes or a file."""

    mime = "image/png"

    def __init__(self, data=None, filename=None, **options):
        if isinstance(data, str):
            data, filename = None, data
        if data is None and filename is None:
            raise ValueError(refusals.NO_NETWORK if "url" in options else "an image takes data or the name of a file")
        super().__init__(data, filename, **options)
        if isinstance(self.data, bytes) and self.data[:2] == b"\xff\xd8":
            self.mime = "image/jpeg"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.mime: base64.b64encode(self.data).decode("ascii")}


class FileLink:
    """The path of a file: files come back by themselves."""

    def __init__(self, path, *_args, **_options):
        self.path = str(path)

    def __repr__(self):
        return self.path


def clear_output(wait=False):
    """Does nothing: outputs are kept."""
