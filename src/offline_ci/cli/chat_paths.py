"""Paths as people give them to a chat: typed, quoted, dropped on the terminal."""

from __future__ import annotations

import shlex
from pathlib import Path


def given_paths(argument: str) -> list[str]:
    """The paths that a person typed or dropped on the terminal: one with spaces, or several, quoted or escaped."""
    if is_file_or_folder(whole := _at_home(argument)):
        return [whole]
    try:
        words = shlex.split(argument)
    except ValueError:
        words = [argument]
    return [_at_home(word) for word in words]


def is_file_or_folder(path: str) -> bool:
    """Whether there is such a thing; a text that can be no path is none."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long for a name, or a null character
        return False


def _at_home(path: str) -> str:
    try:
        return str(Path(path).expanduser())
    except RuntimeError:  # there is no such user: the tilde is a part of a name, or of a sentence
        return path


def dropped_paths(line: str) -> list[str]:
    """The files that were dropped on the terminal, where a line is nothing but absolute paths of files."""
    if not line.startswith(("/", "~", "'/", '"/')):
        return []
    paths = given_paths(line)
    try:
        return paths if all(Path(path).is_absolute() and Path(path).is_file() for path in paths) else []
    except (OSError, ValueError):  # too long for a name, or a null character: no path
        return []
