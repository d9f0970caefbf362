"""Paths as people give them to a chat: typed, quoted, dropped on the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path


def given_paths(argument: str) -> list[str]:
    """The paths that a person typed or dropped on the terminal: one with spaces, or several, quoted or escaped."""
    if Path(argument).expanduser().exists():
        return [str(Path(argument).expanduser())]
    try:
        words = shlex.split(argument)
    except ValueError:
        words = [argument]
    return [str(Path(word).expanduser()) for word in words]


def dropped_paths(line: str) -> list[str]:
    """The files that were dropped on the terminal, where a line is nothing but absolute paths of files."""
    if not line.startswith(("/", "~", "'/", '"/')):
        return []
    paths = given_paths(line)
    try:
        return paths if all(Path(path).is_absolute() and Path(path).is_file() for path in paths) else []
    except (OSError, ValueError):  # too long for a name, or a null character: no path
        return []
