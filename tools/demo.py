"""The demo: one sentence and a picture in, a new picture out. Prints where it is and how long each step took."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PHOTO = ROOT / "examples" / "photo.png"
OUTPUT = ROOT / "demo-output"
REQUEST = (
    "Split photo.png into two equal parts, left and right, invert the colors of the right part, "
    "put both parts back together side by side and save the new image as merged.png."
)


def main() -> None:
    """Entry point."""
    OUTPUT.mkdir(exist_ok=True)
    merged = OUTPUT / "merged.png"
    merged.unlink(missing_ok=True)
    command = [str(Path(sys.executable).with_name("offline-ci")), "ask", "-f", str(PHOTO), "-o", str(OUTPUT), REQUEST]
    shown = ["offline-ci", "ask", "-f", "examples/photo.png", "-o", "demo-output", f'"{REQUEST}"']
    print("[demo] $", " ".join(shown), flush=True)
    begin = time.perf_counter()
    status = subprocess.run(command, check=False).returncode
    print(f"[demo] asked and answered: {time.perf_counter() - begin:.1f} s")
    if status or not merged.exists():
        sys.exit(f"[demo] there is no {merged.relative_to(ROOT)} (status {status})")
    print(f"[demo] the result is {merged.relative_to(ROOT)}, made from {PHOTO.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
