"""Granted files that become the guest's own, so that a state needs nothing of the host any more."""

from __future__ import annotations

from dataclasses import replace

from offline_ci.emscripten.abi import fcntl
from offline_ci.emscripten.vfs.contents import CHUNK_BYTES
from offline_ci.emscripten.vfs.frozen import FrozenFile, FrozenFiles, FrozenGrant

_READ_ONLY = fcntl.S_IFREG | 0o444


def own_inputs(files: FrozenFiles) -> FrozenFiles:
    """The same files, with copies in place of the host's; they count as used.

    Raises:
        ErrnoError: EIO, one cannot be read.
        ValueError: one has no reader: the state was loaded, and not yet given to a file system.
    """
    named = {ino: _copy(node) for ino, node in files.nodes if isinstance(node, FrozenGrant)}
    nameless = {ino: _copy(node) for ino, node in files.orphans.items() if isinstance(node, FrozenGrant)}
    copies = [*named.values(), *nameless.values()]
    return replace(
        files,
        nodes=files.nodes.replace(named),
        orphans={**files.orphans, **nameless},
        used_bytes=files.used_bytes + sum(copy.size for copy in copies),
        used_files=files.used_files + len(copies),
    )


def _copy(grant: FrozenGrant) -> FrozenFile:
    if grant.reader is None:
        raise ValueError(f"the granted file {grant.name} has no reader")
    chunks = tuple(
        grant.reader.read_at(offset, min(CHUNK_BYTES, grant.size - offset))
        for offset in range(0, grant.size, CHUNK_BYTES)
    )
    return FrozenFile(_READ_ONLY, grant.times, 0, sum(map(len, chunks)), chunks)
