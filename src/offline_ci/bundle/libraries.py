"""The compiler's run-time libraries that llama.cpp needs: a machine with nothing but Python may lack them."""

from __future__ import annotations

import ctypes
import re
import sys
from contextlib import suppress
from pathlib import Path

NAMES = ("libgomp.so.1", "libstdc++.so.6", "libgcc_s.so.1")
LICENCE = "GPL-3.0-only WITH GCC-exception-3.1"
"""The exception allows to pass them on with a program."""

_FOLDER = "llama_cpp/lib"
"""llama.cpp's own libraries look beside themselves first: their run path is ``$ORIGIN``."""


def shared_libraries() -> dict[str, bytes]:
    """The libraries as they are loaded here, by their path in llama.cpp's wheel; empty but on Linux."""
    if not sys.platform.startswith("linux"):
        return {}
    found = {}
    for name in NAMES:
        with suppress(OSError):  # built without it
            ctypes.CDLL(name)
            if (path := _loaded(name)) is not None:
                found[f"{_FOLDER}/{name}"] = path.read_bytes()
    return found


def licence_text() -> bytes | None:
    """What this system says about the libraries' licence; None where it says nothing."""
    texts = sorted(Path("/usr/share/doc").glob("libgomp1/copyright"))
    return texts[0].read_bytes() if texts else None


def _loaded(name: str) -> Path | None:
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        match = re.search(r"(/\S+)$", line)
        if match and (Path(match[1]).name.startswith(name) or Path(match[1]).name == _real_name(name, match[1])):
            return Path(match[1])
    return None


def _real_name(name: str, loaded: str) -> str:
    """The kernel names a library's file, not the link that it was found by."""
    link = Path(loaded).with_name(name)
    return link.resolve().name if link.exists() else ""
