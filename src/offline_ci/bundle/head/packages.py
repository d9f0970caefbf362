"""The list of packages that were added to the runtime: it must be the one that the compiled runtime was built with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LIST = "packages/packages.json"


def names(text: str) -> dict[str, str]:
    """Name and sha256 of each package of a list; of a damaged one none."""
    try:
        return {name: str(facts["sha256"]) for name, facts in json.loads(text)["packages"].items()} if text else {}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def read(home: Path) -> str:
    """The list of a home folder, empty where there is none."""
    try:
        return (home / _LIST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def is_same(home: Path, text: str) -> bool:
    """Whether a home folder has the very packages of a list."""
    return names(read(home)) == names(text)


@contextmanager
def replaced(home: Path, text: str) -> Iterator[None]:
    """Put a list in the place of the home folder's; the old one comes back where what follows fails."""
    before = read(home)
    write(home, text)
    try:
        yield
    except BaseException:
        write(home, before)
        raise


def write(home: Path, text: str) -> None:
    """Replace the list in one step; without packages there is none."""
    path = home / _LIST
    if not names(text):
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.bundle.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
