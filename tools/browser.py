"""A headless Chromium from Debian, to see pages as people see them.

python tools/browser.py                       # install it, where it is missing
python tools/browser.py PAGE.html OUT.png     # a picture of a page
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PACKAGES = ("chromium", "fonts-dejavu-core")
_TIMEOUT_S = 120


def find() -> str | None:
    """The browser's program, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str:
    """The browser's program; Debian's package is installed where there is none, which only root can do."""
    if found := find():
        return found
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *_PACKAGES]
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(f"There is no Chromium. Install it: sudo {' '.join(command)}")
    print("[browser] install Chromium …", flush=True)
    begin = time.perf_counter()
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run(step, env=environment, text=True, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"[browser] {' '.join(step)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(f"[browser] install Chromium: {time.perf_counter() - begin:.1f} s", flush=True)
    return install()


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
            install(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--no-pdf-header-footer", f"--user-data-dir={profile}", f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}", kind, page.resolve().as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, text=True, capture_output=True, timeout=_TIMEOUT_S, check=False)
    if not out.is_file():
        sys.exit(f"The browser drew nothing:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        install()
    else:
        render(Path(sys.argv[1]), Path(sys.argv[2]))
