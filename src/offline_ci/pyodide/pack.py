"""The guest's read-only tree as two files: an index that loads in milliseconds and a payload to be mapped.

The index is JSON: a folder is an object of its entries, a file a ``file_entry``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

from offline_ci.emscripten.vfs.archivefs import Index, file_entry
from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.manifest import SITE_PACKAGES, STDLIB

# What only a compiler, a type checker or a browser could use, or what only tests the packages themselves.
_LEFT_OUT_SUFFIXES = (".pyx", ".pxd", ".pxi", ".h", ".hpp", ".a", ".c", ".cpp", ".tp", ".pyc")
_LEFT_OUT = re.compile(
    rf"{STDLIB}/(?:pyodide|_pyodide|idlelib|turtledemo|ensurepip)/"
    rf"|{SITE_PACKAGES}/micropip(?:-[^/]*)?/"
    rf"|{SITE_PACKAGES}/(?:numpy|pandas|scipy|sklearn|matplotlib|mpl_toolkits|sympy|joblib|regex|lxml)/(?:.*/)?tests?/"
)


def is_left_out(guest_path: str) -> bool:
    """Whether a file of the distribution has no place in the guest; ``docs/design/0001-runtime-build.md`` lists why."""
    return guest_path.endswith(_LEFT_OUT_SUFFIXES) or _LEFT_OUT.match(guest_path) is not None


class TreeWriter:
    """Appends files to a payload and keeps the index.

    Args:
        payload: opened for writing, at its start.
    """

    def __init__(self, payload: BinaryIO) -> None:
        self._payload = payload
        self._offset = 0
        self.index: Index = {}
        self.n_files = 0

    def add(self, guest_path: str, data: bytes) -> None:
        """Add one file; its folders come into being.

        Raises:
            RuntimeBuildError: the path is taken, or one of its folders is a file.
        """
        *folders, name = PurePosixPath(guest_path).parts[1:]
        folder = self.index
        for part in folders:
            entry = folder.setdefault(part, {})
            if isinstance(entry, int):
                raise RuntimeBuildError(f"{guest_path} lies below {part}, which is a file.")
            folder = entry
        if name in folder:
            raise RuntimeBuildError(f"{guest_path} comes from two packages.")
        folder[name] = file_entry(self._offset, len(data))
        self._payload.write(data)
        self._offset += len(data)
        self.n_files += 1

    def add_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """``add`` each."""
        for guest_path, data in files:
            self.add(guest_path, data)

    def index_json(self) -> bytes:
        """The index as compact JSON."""
        return json.dumps(self.index, separators=(",", ":"), sort_keys=True).encode()
