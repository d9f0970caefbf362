"""Carry a bundle with the default model across an air gap of our own making, use it there, and print a table.

The other side is a root with nothing but Python in namespaces without a network; strace watches for sockets.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from support import air_gap  # noqa: E402 - the tests' own

PHOTO = ROOT / "examples" / "photo.png"
REQUEST = (
    "Split photo.png into two equal parts, left and right, invert the colors of the right part, put both parts back "
    "together side by side and save the new image as merged.png."
)
PROGRAM = "/root/.local/bin/offline-ci"


def timed(what: str, action: Callable[[], subprocess.CompletedProcess[str]]) -> None:
    """Do something and print a row: what, seconds, the end of what it said."""
    begin = time.monotonic()
    done = action()
    seconds = time.monotonic() - begin
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    print(f"{what:<34} {seconds:6.1f} s   {said[-1][:90] if said else ''}", flush=True)
    if done.returncode:
        sys.exit(f"{what} failed (status {done.returncode}):\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def main() -> None:
    """Entry point."""
    with tempfile.TemporaryDirectory(prefix="offline-ci-bundle-") as name:
        folder = Path(name)
        root = folder / "root"
        root.mkdir()
        machine = air_gap.build(root, folder / "trace")
        bundle = root / "media" / "offline-ci.bundle"
        ours = [sys.executable, "-m", "offline_ci.cli.main"]
        shutil.copy(PHOTO, root / "root" / PHOTO.name)

        def there(*command: str) -> Callable[[], subprocess.CompletedProcess[str]]:
            return lambda: machine.run(command, timeout_s=900)

        create = [*ours, "bundle", "create", str(bundle)]
        timed("create", lambda: subprocess.run(create, capture_output=True, text=True, check=False))
        print(f"{'size':<34} {bundle.stat().st_size / 1e9:6.2f} GB")
        timed("verify, on the other side", there("/usr/bin/python3", "/media/offline-ci.bundle", "verify"))
        timed("install", there("/usr/bin/python3", "/media/offline-ci.bundle", "install"))
        machine.trace.unlink(missing_ok=True)  # pip looks whether the system has IPv6
        timed("exec", there(PROGRAM, "exec", "-c", "import numpy; print(numpy.arange(10).sum())"))
        photo = ["-f", "/root/photo.png", "-o", "/root"]
        timed("ask, the first time", there(PROGRAM, "ask", *photo, REQUEST))
        timed("ask, once more", there(PROGRAM, "ask", "How many days lie between 2024-01-31 and 2024-12-25?"))
        timed(
            "bench run, 2 tasks",
            there(PROGRAM, "bench", "run", "--suite", "humaneval", "--limit", "2", "-o", "/root/b"),
        )
        timed("verify every installed byte", there(PROGRAM, "verify"))
        merged = root / "root" / "merged.png"
        print(f"{'merged.png':<34} {'here' if merged.is_file() else 'MISSING'}")
        print(f"{'attempts to open a connection':<34} {len(machine.reached_out())}")
        if machine.reached_out() or not merged.is_file():
            sys.exit(1)


if __name__ == "__main__":
    main()
