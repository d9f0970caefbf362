"""Programs that tests need, from Debian: a browser, minisign, strace, tools for namespaces.

python tools/debian.py       # install those that are missing
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

PROGRAMS = {
    "chromium": "chromium",
    "ip": "iproute2",
    "minisign": "minisign",
    "strace": "strace",
    "unshare": "util-linux",
}
"""The package of each program."""
_FONTS = "fonts-dejavu-core"


def ensure(programs: dict[str, str]) -> None:
    """Install the packages of the programs that are missing, which only root can do."""
    missing = [package for program, package in programs.items() if shutil.which(program) is None]
    if missing:
        install([*missing, _FONTS] if "chromium" in missing else missing)


def install(packages: list[str]) -> None:
    """Install packages, or name the command that does, where the user may not."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(f"{', '.join(packages)}: missing. Install it: sudo {' '.join(command)}")
    print(f"[debian] install {', '.join(packages)} …", flush=True)
    begin = time.perf_counter()
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run(step, env=environment, text=True, capture_output=True, check=False)
        if done.returncode:
            sys.exit(f"[debian] {' '.join(step)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    print(f"[debian] install {', '.join(packages)}: {time.perf_counter() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    ensure(PROGRAMS)
