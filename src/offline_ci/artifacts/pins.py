"""What is pinned, as far as every start needs it: reading the rest of the lock file takes ten times as long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from offline_ci import _env

ADDITIONS: Final = "packages/packages.json"
"""The list of added packages, below the home folder; see ``additions``."""


def pinned_files(root: Path) -> list[list[str]]:
    """Role, file name and sha256 of each file that the runtime is built from, as ``home_lock(root).files`` has them.

    Raises:
        LockfileError: the lock file, or the list of added packages, cannot be read, or is not as it must be.
    """
    try:
        files = json.loads(_env.data_file("wasm_runtime/runtime.lock.json").read_bytes())["files"]
        pinned = [[file["role"], file["file"], file["sha256"]] for file in files]
        return pinned + [["wheel", facts["filename"], facts["sha256"]] for _, facts in listed(_additions_text(root))]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        from offline_ci.artifacts.additions import home_lock  # it tells what is wrong, and where

        return [[spec.role, spec.filename, spec.sha256] for spec in home_lock(root).files]


def listed(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The entries of a list of added packages, in order of name; not checked."""
    return sorted(json.loads(text)["packages"].items()) if text else []


def _additions_text(root: Path) -> str:
    try:
        return (root / ADDITIONS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
