"""What an installation consists of, byte by byte: ``installed.json`` in the version's folder, written last."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import packages
from .errors import BundleError
from .manifest import Manifest, Member
from .payload import CHUNK

NAME = "installed.json"


@dataclass(frozen=True)
class Installed:
    """A finished installation.

    Attributes:
        folder: the version's folder.
        manifest: of the bundle it came from.
        home: where models and runtime were put.
        files: every file below ``folder`` by its POSIX path: a digest, or ``-> TARGET`` for a link.
        compiled: whether the bundle's compiled code fitted this processor.
    """

    folder: Path
    manifest: Manifest
    home: Path
    files: dict[str, str]
    compiled: bool

    def placed(self) -> list[Member]:
        """The members that lie below ``home``."""
        return self.manifest.placed(compiled=self.compiled)

    def problems(self) -> Iterator[str]:
        """Read everything again; a sentence for each file that is missing, changed or foreign."""
        yield from self.program_problems()
        # Where packages were added or removed since, another runtime is used, and the bundle's may have been deleted.
        is_in_use = packages.is_same(self.home, self.manifest.packages)
        for member in self.placed():
            path = self.home / member.target
            if not path.is_file():
                if is_in_use or not member.target.startswith(("packages/", f"runtime/{self.manifest.build_id}/")):
                    yield f"{path} is missing."
            elif not is_intact(path, member):
                yield f"{path} is not as it was installed."

    def program_problems(self) -> Iterator[str]:
        """The same for the version's folder alone."""
        now = dict(_walk(self.folder))
        now.pop(NAME, None)
        for name, digest in self.files.items():
            found = now.pop(name, None)
            if found != digest:
                yield f"{self.folder / name} is {'missing' if found is None else 'not as it was installed'}."
        for name in now:
            yield f"{self.folder / name} was not installed by us."


def is_intact(path: Path, member: Member) -> bool:
    """Whether a file is there and is this member."""
    try:
        return path.stat().st_size == member.size and digest_of(path) == member.sha256
    except OSError:
        return False


def digest_of(path: Path) -> str:
    """A file's sha256, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write(folder: Path, manifest: Manifest, home: Path, *, compiled: bool) -> None:
    """Take down what lies below ``folder`` now; from then on the installation is finished."""
    files = dict(sorted(_walk(folder)))
    document = {"manifest": manifest.to_json(), "home": str(home), "compiled": compiled, "files": files}
    temporary = folder / f"{NAME}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)


def read(folder: Path) -> Installed | None:
    """The installation in a folder; None where there is none or it was never finished.

    Raises:
        BundleError: its list is damaged.
    """
    try:
        document = json.loads((folder / NAME).read_bytes())
        return Installed(
            folder,
            Manifest.from_json(document["manifest"]),
            Path(document["home"]),
            dict(document["files"]),
            bool(document["compiled"]),
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BundleError(f"{folder / NAME} is damaged: {error}.", "Install the bundle again.") from error


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    for root, folders, names in os.walk(folder):
        links = [name for name in folders if Path(root, name).is_symlink()]
        for name in (*names, *links):
            path = Path(root, name)
            key = path.relative_to(folder).as_posix()
            yield key, f"-> {path.readlink()}" if path.is_symlink() else digest_of(path)
