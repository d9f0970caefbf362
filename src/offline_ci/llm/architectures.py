"""Whether the installed llama.cpp knows an architecture, without loading a model.

llama.cpp looks an architecture up in a table of C strings. They lie in the library's constant data, each ended by a
zero byte, so a name that is not there with its zero is not in the table. The converse does not hold (a linker lets
``bert`` share the bytes of ``nomic-bert``): a name that is found may still be unknown.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

_ALWAYS_KNOWN: Final = (b"llama\0", b"general.architecture\0")
_NAMES: Final = ("libllama.so", "libllama.dylib", "llama.dll")


def lacks(architecture: str, library: Path | None = None) -> bool:
    """Whether llama.cpp certainly does not know an architecture.

    Args:
        architecture: as ``general.architecture`` names it.
        library: llama.cpp's; by default the one that llama-cpp-python brought.

    Returns:
        False too where this cannot be told: no library, or one in which not even ``llama`` is found.
    """
    data = _constants(library or _installed())
    name = architecture.encode("utf-8", errors="replace") + b"\0"
    return all(known in data for known in _ALWAYS_KNOWN) and name not in data


@cache
def _installed() -> Path | None:
    try:
        package = importlib.util.find_spec("llama_cpp")
    except (ImportError, ValueError):
        return None
    folders = package.submodule_search_locations if package is not None else None
    files = (Path(folder, "lib", name) for folder in folders or () for name in _NAMES)
    return next((file for file in files if file.is_file()), None)


@cache
def _constants(library: Path | None) -> bytes:
    try:
        return library.read_bytes() if library is not None else b""
    except OSError:
        return b""
