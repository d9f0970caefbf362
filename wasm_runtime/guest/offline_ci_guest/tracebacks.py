"""Tracebacks that show the user's own lines and nothing of ours."""

import linecache
import traceback

_OURS = "/offline_ci_guest/"
MAX_LINES = 60
MAX_NAME = 200


def remember(filename, source):
    """Let tracebacks show the cell's lines."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def skip_ours(tb):
    """A traceback from its first frame on that is not ours."""
    while tb is not None and _OURS in tb.tb_frame.f_code.co_filename:
        tb = tb.tb_next
    return tb


def _leave_out_ours(summary):
    """Our frames in the middle or at the end of the call, in exceptions of the chain, too."""
    while summary is not None:
        summary.stack[:] = [frame for frame in summary.stack if _OURS not in frame.filename]
        summary = summary.__cause__ or summary.__context__


def class_name(value):
    """The name of an object's class, whatever its metaclass says."""
    return type.__dict__["__name__"].__get__(type(value))[:MAX_NAME]


def text_of(value):
    """``str`` that survives whatever ``__str__`` does, leaving included."""
    try:
        return str(value)
    except BaseException as broken:
        return f"<{class_name(value)} whose str raises {class_name(broken)}>"


def describe(exc):
    """``(ename, evalue, lines)`` of an exception; survives whatever its ``__str__`` does."""
    ename, evalue = class_name(exc), text_of(exc)
    try:
        summary = traceback.TracebackException(type(exc), exc, skip_ours(exc.__traceback__), compact=True)
        _leave_out_ours(summary)
        lines = "".join(summary.format(chain=True)).splitlines()
    except BaseException:
        lines = [f"{ename}: {evalue}"]
    if len(lines) > MAX_LINES:
        half = MAX_LINES // 2
        lines = [*lines[:half], f"  … {len(lines) - 2 * half} lines …", *lines[-half:]]
    return ename, evalue[:20_000], [line[:2_000] for line in lines]
