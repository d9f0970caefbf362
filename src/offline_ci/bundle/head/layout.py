"""Where an installation lies: ``PREFIX/bin``, ``PREFIX/lib/offline-ci/VERSION-ID``, ``PREFIX/share/offline-ci``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .manifest import Manifest

APP = "offline-ci"
HOME_FILE = "offline-ci-home"
"""In an installed version's folder: the path of the home folder that belongs to it."""


def default_prefix() -> Path:
    """The user's own: with it the home folder is the one that offline-ci uses anyway."""
    return Path.home() / ".local"


@dataclass(frozen=True)
class Layout:
    """The places of an installation.

    Attributes:
        prefix: what they lie below.
    """

    prefix: Path

    @property
    def versions(self) -> Path:
        """The folder of the installed versions."""
        return self.prefix / "lib" / APP

    @property
    def command(self) -> Path:
        """The program: a link into the current version."""
        return self.prefix / "bin" / APP

    @property
    def home(self) -> Path:
        """Models, runtime, caches: ``OFFLINE_CI_HOME`` where that is set."""
        override = os.environ.get("OFFLINE_CI_HOME")
        return Path(override).expanduser().resolve() if override else self.prefix / "share" / APP

    def version(self, manifest: Manifest) -> Path:
        """The folder of a version, a virtual environment."""
        return self.versions / f"{manifest.version}-{manifest.bundle_id}"

    def current(self) -> Path | None:
        """The folder of the version that the program is a link to; None where none is installed."""
        if not self.command.is_symlink():
            return None
        folder = Path(os.path.normpath(self.command.parent / self.command.readlink())).parents[1]
        return folder if folder.parent == self.versions else None


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, to compare by."""
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0]))
