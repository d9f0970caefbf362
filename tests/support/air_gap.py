"""A machine on the other side of the air gap: a root of its own with nothing but Python, and no network.

The root holds this machine's Python, its standard library and the shared libraries that those need; no shell, no
compiler, no package. Programs run there in namespaces of their own, so that there is no interface to reach anything by.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_NEEDED = ("unshare", "chroot", "mount", "strace", "ldd")
_DEVICES = {"null": (1, 3), "zero": (1, 5), "urandom": (1, 9)}
_NOT_COPIED = ("site-packages", "dist-packages", "test", "idlelib", "tkinter", "__pycache__", "config-*")


@dataclass(frozen=True)
class Machine:
    """The other machine.

    Attributes:
        root: its root folder.
        trace: where the system calls that have to do with networks are written down.
    """

    root: Path
    trace: Path

    def run(self, command: Sequence[str], *, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a program there, as root, with a bare environment."""
        traced = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket,connect", "-A", "-o", str(self.trace)]
        apart = ["unshare", "--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]
        inside = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
        return subprocess.run(
            [*traced, *apart, "sh", "-c", inside, "sh", str(self.root), *command],
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def reached_out(self) -> list[str]:
        """Every attempt so far to open a socket that leads out of a process, as strace writes it."""
        lines = self.trace.read_text(encoding="utf-8").splitlines() if self.trace.exists() else []
        return [line for line in lines if re.search(r"connect\(|socket\(AF_(?!UNIX)", line)]


def build(root: Path, trace: Path) -> Machine:
    """Make the root; needs to be root, as everything that makes namespaces."""
    for program in _NEEDED:
        if shutil.which(program) is None:
            raise AssertionError(f"{program} is missing: apt-get install util-linux coreutils strace libc-bin")
    python = Path(sys._base_executable).resolve()
    stdlib = Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix, "base": sys.base_prefix}))
    shutil.copytree(stdlib, _inside(root, stdlib), ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=False)
    for path in {python, *_libraries([python, *stdlib.rglob("*.so")])}:
        target = _inside(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path.resolve(), target)
    version = "python{}.{}".format(*sys.version_info[:2])
    for name in ("python3", version):
        link = root / "usr/bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(python)
    for folder in ("proc", "dev", "tmp", "root", "media"):
        (root / folder).mkdir(exist_ok=True)
    for name, (major, minor) in _DEVICES.items():
        os.mknod(root / "dev" / name, 0o20666, os.makedev(major, minor))
    return Machine(root, trace)


def _inside(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _libraries(files: Sequence[Path]) -> Iterator[Path]:
    """The shared libraries of programs and libraries, the loader too, by the names that they are looked for by."""
    done = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False)
    for match in re.finditer(r"^\s+(?:\S+ => )?(/\S+) \(0x", done.stdout, re.MULTILINE):
        yield Path(match[1])
