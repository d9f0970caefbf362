"""Rich output: MIME bundles as Jupyter knows them."""

import base64

from offline_ci_guest import channel

MAX_TEXT = 200_000
_METHODS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_json_": "application/json",
}


def clip(text):
    """Text short enough to be shown."""
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)"


def safe_repr(value):
    """``repr`` that survives a broken ``__repr__``."""
    try:
        return clip(repr(value))
    except MemoryError:
        raise
    except Exception as exc:
        return f"<{type(value).__name__} whose repr raises {type(exc).__name__}>"


def mime_bundle(value):
    """``(data, metadata)`` of a value; ``text/plain`` is always there."""
    data, metadata = {"text/plain": safe_repr(value)}, {}
    if isinstance(value, type):
        return data, metadata
    bundle = _call(value, "_repr_mimebundle_")
    if isinstance(bundle, tuple):
        bundle, metadata = bundle[0], dict(bundle[1])
    if isinstance(bundle, dict):
        data.update({mime: _encode(mime, content) for mime, content in bundle.items() if content is not None})
    for method, mime in _METHODS.items():
        content = _call(value, method) if mime not in data else None
        if isinstance(content, tuple):
            content, metadata[mime] = content
        if content is not None:
            data[mime] = _encode(mime, content)
    return data, metadata


def _call(value, method):
    function = getattr(value, method, None)
    if function is None:
        return None
    try:
        return function()
    except MemoryError:
        raise
    except Exception:
        return None


def _encode(mime, content):
    if isinstance(content, (bytes, bytearray)):
        return base64.b64encode(content).decode("ascii")
    return content if mime == "application/json" else str(content)


def publish(data, metadata=None):
    """Show a MIME bundle."""
    channel.send({"type": "display_data", "data": data, "metadata": metadata or {}})


class DisplayHandle:
    """What ``display`` gives for a ``display_id``. Outputs stay as they are, so an update is shown after them."""

    def __init__(self, display_id=None):
        self.display_id = f"{id(self):x}" if display_id is None else display_id

    def display(self, value, **options):
        """Show a value."""
        display(value, **options)

    update = display


def display(*values, raw=False, metadata=None, display_id=None, **_options):
    """Show values, as ``IPython.display.display`` does; with ``raw`` they are MIME bundles."""
    for value in values:
        data, own = (value, {}) if raw else mime_bundle(value)
        publish(data, {**own, **(metadata or {})})
    if display_id is None or display_id is False:
        return None
    return DisplayHandle(None if display_id is True else display_id)


def update_display(value, *, display_id, **options):
    """Show another value in the place of an earlier one; see ``DisplayHandle``."""
    DisplayHandle(display_id).update(value, **options)


def install_viewer(module):
    """Into ``PIL.ImageShow``: ``Image.show`` shows through the host."""

    class HostViewer(module.Viewer):
        def show(self, image, **_options):
            display(image)
            return True

    module.register(HostViewer(), 0)


def install_renderer(module):
    """Into ``matplotlib.backends.backend_agg``, whose sizes wrap around in 32 bits: then it writes anywhere."""
    make = module.RendererAgg.__init__

    def __init__(self, width, height, dpi):  # noqa: N807 - it takes its place
        if width * height * 4 >= 1 << 31:
            raise ValueError(
                f"Image size of {width:.0f}x{height:.0f} pixels is too large: "
                f"it takes {width * height * 4 / 1e9:.1f} GB. figsize is in inches, each of {dpi:.0f} pixels here."
            )
        make(self, width, height, dpi)

    module.RendererAgg.__init__ = __init__
