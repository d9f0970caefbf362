"""Facts about the host that the rest asks for in one place: folders, packaged data, processor."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

APP_NAME = "offline-ci"
_PACKAGE = Path(__file__).resolve().parent


def home() -> Path:
    """The folder under which everything of ours lives.

    ``$OFFLINE_CI_HOME``, else the folder that a bundle's installation came with, else the platform's user data folder.
    """
    if override := os.environ.get("OFFLINE_CI_HOME"):
        return Path(override).expanduser().resolve()
    if bundled := _bundled_home():
        return bundled
    user = os.environ.get("HOME", "")
    if sys.platform == "linux" and "XDG_DATA_HOME" not in os.environ and user.startswith("/"):
        return Path(user, ".local", "share", APP_NAME)  # what platformdirs says; its import is 6 ms of each start
    import platformdirs

    return Path(platformdirs.user_data_dir(APP_NAME))


@cache
def _bundled_home() -> Path | None:
    """What the installer wrote into our environment; see ``bundle.head.layout``."""
    try:
        return Path(Path(sys.prefix, "offline-ci-home").read_text(encoding="utf-8").strip())
    except OSError:
        return None


def data_file(relative: str) -> Path:
    """A file that ships with the package, by its path in the checkout, for example ``models/catalog.toml``.

    An installed wheel carries it under ``offline_ci/_data``; an editable install reads the checkout's own folders.
    """
    packaged = _PACKAGE / "_data" / relative
    return packaged if packaged.exists() else _PACKAGE.parents[1] / relative


def usable_cpus() -> int:
    """Processors this process may run on: affinity and cgroup quota considered."""
    n = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return n
    return n if quota == "max" else max(1, min(n, int(quota) // int(period)))


@cache
def cpu_flags() -> frozenset[str]:
    """Instruction-set flags of the first processor; empty where the platform does not tell."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"flags", "Features"}:
            return frozenset(value.split())
    return frozenset()


@cache
def cpu_name() -> str:
    """The processor's model name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return os.uname().machine
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return os.uname().machine
