"""What a session goes on from: a fork in this process, or a session file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from offline_ci.artifacts.files import format_bytes
from offline_ci.emscripten.vfs.frozen_inputs import own_inputs
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.errors import SessionFileError, UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.snapshot.base import Base
from offline_ci.snapshot.images import find_base
from offline_ci.snapshot.pages import PageStore
from offline_ci.snapshot.pages_choice import new_store
from offline_ci.snapshot.state import GuestState


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a session goes on from.

    Attributes:
        base: what its guest started from.
        guest: its guest.
        store: the guest's pages.
        grants: input files by name.
        cells: how many have run.
    """

    base: Base
    guest: GuestState
    store: PageStore
    grants: dict[str, Reader]
    cells: int


def session_pieces(state: SessionState, runtime: InstalledRuntime, limits: ResourceLimits) -> Iterator[bytes]:
    """A session file, piece by piece; input files are copied into it.

    Raises:
        SessionFileError: its files are more than a sandbox may hold.
    """
    host = state.guest.host
    used = host.files.used_bytes + sum(host.files.grants.values())
    if used > limits.disk_bytes:
        raise SessionFileError(
            f"The session's files with its inputs are {format_bytes(used)}, and the disk limit is "
            f"{format_bytes(limits.disk_bytes)}.",
            hint="Start the sandbox with a larger disk limit, or with smaller inputs.",
        )
    from offline_ci.snapshot import session_file  # a start does without

    guest = replace(state.guest, host=replace(host, files=own_inputs(host.files)))
    saved = session_file.SavedSession(runtime.build_id, state.base.name, guest, {"cells": state.cells})
    return map(bytes, session_file.file_chunks(saved, state.store))


def load_session(runtime: InstalledRuntime, path: Path, limits: ResourceLimits) -> SessionState:
    """What a session file holds.

    Raises:
        SessionFileError: it cannot be read, is damaged, or is not for this runtime or these limits.
    """
    from offline_ci.snapshot import session_file

    found: list[tuple[Base, PageStore]] = []

    def find_store(image: str) -> PageStore | None:
        try:
            found.append((find_base(runtime, image, limits.memory_bytes), new_store()))
        except UsageError:
            return None
        return found[0][1]

    saved = session_file.load(
        path, build_id=runtime.build_id, find_store=find_store, memory_limit_bytes=limits.memory_bytes
    )
    cells = saved.extra.get("cells")
    if not isinstance(cells, int):
        raise SessionFileError(f"The session {path} does not say how many cells it ran.", hint="Save it again.")
    base, store = found[0]
    return SessionState(base, saved.state, store, {}, cells)
