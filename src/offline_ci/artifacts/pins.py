"""What the lock file pins, as far as every start needs it: reading the rest of it takes ten times as long."""

from __future__ import annotations

import json

from offline_ci import _env


def pinned_files() -> list[list[str]]:
    """Role, file name and sha256 of each runtime file, as ``RuntimeLock.files`` has them.

    Raises:
        LockfileError: the lock file cannot be read, or is not as it must be.
    """
    try:
        files = json.loads(_env.data_file("wasm_runtime/runtime.lock.json").read_bytes())["files"]
        return [[file["role"], file["file"], file["sha256"]] for file in files]
    except (OSError, ValueError, LookupError, TypeError):
        from offline_ci.artifacts.lockfile import runtime_lock  # it tells what is wrong, and where

        return [[spec.role, spec.filename, spec.sha256] for spec in runtime_lock().files]
