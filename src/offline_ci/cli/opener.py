"""Opens a file with the program that the desktop has for it.

The file is what a model's program made: only kinds that are shown and not run are opened. A page with scripts or a
desktop entry could do on the host what the sandbox keeps it from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from offline_ci.cli.terminal import neutral_line

_SHOWN: Final = frozenset(
    f".{kind}"
    for kind in (
        *("png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "wav"),
        *("pdf", "txt", "csv", "tsv", "md", "json", "log", "xlsx", "docx", "pptx"),
    )
)
_PATIENCE_S: Final = 2.0


def open_file(path: Path) -> str:
    """Open a file where there is a display; gives the sentence that says what was done."""
    where = neutral_line(str(path))
    if path.suffix.lower() not in _SHOWN:
        return f"{where}: files of this kind can run programs, so open it yourself if you trust it."
    opener = find_opener(os.environ)
    if opener is None:
        return f"{where}: there is no display to open it on."
    process = subprocess.Popen(
        [opener, str(path.absolute())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):  # it became the program itself, and is to go on
        if process.wait(_PATIENCE_S):
            return f"{where}: {Path(opener).name} could not open it."
    return f"Opened {where}"


def find_opener(environment: Mapping[str, str]) -> str | None:
    """The command that opens files, None where nobody would see it."""
    if sys.platform == "darwin":
        return shutil.which("open")
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open")
    return None
