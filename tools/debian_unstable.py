"""Packages of Debian's unstable suite, unpacked into a folder: newer programs than this system has, not installed.

apt gets a sources list and a state of its own, so the system's packages and lists stay as they are. Programs are
started through the unpacked suite's own loader, because they need a newer C library than an older Debian has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_DONE = "complete"


def unpack(packages: tuple[str, ...], folder: Path) -> Path:
    """Download packages, without what they depend on, and unpack them; once.

    Args:
        packages: their names.
        folder: kept between calls; what is in it of other packages is removed.

    Returns:
        The root that they were unpacked into.
    """
    root, done = folder / "root", folder / _DONE
    if done.exists() and done.read_text(encoding="utf-8") == "\n".join(packages):
        return root
    if not shutil.which("apt-get") or not Path(_KEYRING).exists():
        sys.exit("This needs Debian's apt-get and its archive keyring, or an interpreter named on the command line.")
    shutil.rmtree(folder, ignore_errors=True)
    root.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {"APT_CONFIG": str(_configuration(Path(scratch)))}
        _run("apt-get", "update", environment=environment, cwd=scratch)
        _run("apt-get", "download", *packages, environment=environment, cwd=scratch)
        for package in sorted(Path(scratch).glob("*.deb")):
            _run("dpkg-deb", "--extract", str(package), str(root), environment=environment, cwd=scratch)
    done.write_text("\n".join(packages), encoding="utf-8")
    return root


def command(root: Path, program: str) -> list[str]:
    """How to start an unpacked program; ``program`` is relative to the root."""
    libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
    return [str(libraries / "ld-linux-x86-64.so.2"), "--library-path", str(libraries), str(root / program)]


def _configuration(scratch: Path) -> Path:
    """An apt configuration whose only source is the unstable suite, from where this system has its packages."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    (scratch / "state" / "status").touch()
    sites = _run("apt-get", "indextargets", "--format", "$(SITE) $(CODENAME)", "Created-By: Packages").split("\n")
    site = next((line.split()[0] for line in sites if line and "security" not in line and "debian" in line), None)
    if site is None:
        sys.exit("apt knows no Debian archive here.")
    (scratch / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {site} unstable main\n", encoding="utf-8")
    settings = {
        "Dir::State": "state",
        "Dir::State::status": "state/status",
        "Dir::Cache": "cache",
        "Dir::Etc::sourcelist": "sources.list",
        "Dir::Etc::sourceparts": "none",
    }
    path = scratch / "apt.conf"
    lines = [f'{key} "{scratch / name}";\n' for key, name in settings.items()]
    # Packages are downloaded into a folder that only its owner can write to.
    path.write_text("".join([*lines, 'APT::Sandbox::User "root";\n']), encoding="utf-8")
    return path


def _run(*command: str, environment: dict[str, str] | None = None, cwd: str | None = None) -> str:
    done = subprocess.run(command, env=environment, cwd=cwd, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:2])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
