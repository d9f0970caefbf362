"""A headless Chromium from Debian, to see pages as people see them.

python tools/browser.py PAGE.html OUT.png     # a picture of a page
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from debian import ensure

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_TIMEOUT_S = 120


def program() -> str:
    """The browser's program; installed where there is none."""
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return found
    ensure({"chromium": "chromium"})
    return program()


def render(page: Path, out: Path, *, width: int = 900, height: int = 1200, dark: bool = False) -> None:
    """Have a page drawn, as a picture (``.png``) or as it is printed (``.pdf``).

    Args:
        page: a file.
        out: what to write.
        width: of the window, in CSS pixels.
        height: likewise.
        dark: for people who prefer that.
    """
    kind = f"--print-to-pdf={out}" if out.suffix == ".pdf" else f"--screenshot={out}"
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--no-pdf-header-footer", f"--user-data-dir={profile}", f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}", kind, page.resolve().as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, text=True, capture_output=True, timeout=_TIMEOUT_S, check=False)
    if not out.is_file():
        sys.exit(f"The browser drew nothing:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    render(Path(sys.argv[1]), Path(sys.argv[2]))
