"""The verified store: what is here is as pinned, or it is not used.

Invariants: a file appears under its final name whole and verified, or not at all; it is replaced in one step; processes
that place or fetch the same thing wait for one another. Reading needs no lock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from offline_ci import _env
from offline_ci.artifacts.digest import Digest, Hasher, read_chunks
from offline_ci.artifacts.files import (
    check_private,
    make_private_dir,
    remove_stale_temporaries,
    replace,
    require_space,
    temporary_beside,
    write_chunks,
)
from offline_ci.artifacts.stamps import Stamps
from offline_ci.errors import ArtifactError, ArtifactMissingError, DigestMismatchError

if TYPE_CHECKING:
    from offline_ci.artifacts.specs import ArtifactSpec

_SECOND_NS: Final = 1_000_000_000


class Store:
    """Pinned files below one folder.

    Args:
        root: the folder; by default ``offline_ci._env.home()``. It is created when first written to.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root if root is not None else _env.home()
        self._stamps = Stamps(self.root / "stamps")
        self._is_private = False

    def path(self, spec: ArtifactSpec) -> Path:
        """Where an artefact belongs, whether it is there or not."""
        return self.root / spec.location

    def find(self, spec: ArtifactSpec) -> Path | None:
        """The artefact's verified file, None where there is none.

        Raises:
            DigestMismatchError: there is one, but it is not as pinned.
        """
        path = self.path(spec)
        if not path.is_file():
            return None
        self.check(path, spec.sha256, spec.size_bytes, mend=spec.mend)
        return path

    def get(self, spec: ArtifactSpec) -> Path:
        """The artefact's verified file.

        Raises:
            ArtifactMissingError: it is not here.
            DigestMismatchError: it is, but not as pinned.
        """
        path = self.find(spec)
        if path is None:
            what = f"The model {spec.name}" if spec.role == "model" else f"The runtime file {spec.name}"
            raise ArtifactMissingError(
                f"{what} is not on this machine (no {self.path(spec)}).", hint=f"Run `{spec.mend}`."
            )
        return path

    def is_intact(self, spec: ArtifactSpec) -> bool:
        """Whether the artefact is here and as pinned."""
        try:
            return self.find(spec) is not None
        except DigestMismatchError:
            return False

    def digest(self, path: Path) -> Digest:
        """The digest of any file; it is hashed once, then only after it has changed.

        Raises:
            ArtifactError: the file cannot be read, or others could have written what is remembered of it.
        """
        if not self._is_private:
            check_private(self.root / "stamps")
            self._is_private = True
        try:
            return self._stamps.digest(path)
        except OSError as error:
            raise ArtifactError(
                f"{path} cannot be read: {error.strerror}.", hint="Check the path and your permissions."
            ) from error

    def check(self, path: Path, sha256: str, size_bytes: int, *, mend: str) -> None:
        """Make sure that a file is as pinned.

        Args:
            path: the file.
            sha256: what its bytes must hash to.
            size_bytes: how many there must be.
            mend: the command that puts it right, for the message.

        Raises:
            DigestMismatchError: it is not.
            ArtifactError: it cannot be read.
        """
        found = self.digest(path)
        if found != Digest(sha256, size_bytes):
            raise mismatch(str(path), Digest(sha256, size_bytes), found, mend)

    def place(self, spec: ArtifactSpec, chunks: Iterable[bytes]) -> Path:
        """Write an artefact from a stream, verify it on the way, and only then give it its name.

        Raises:
            DigestMismatchError: the bytes are not as pinned; nothing has changed.
            DiskSpaceError: the disk ran full; nothing has changed.
        """
        with self._placing(spec) as target, temporary_beside(target) as temporary:
            hasher = Hasher()
            write_chunks(temporary, _hashed(chunks, hasher, spec))
            self._name(spec, temporary, target, hasher.digest())
        return target

    def adopt(self, spec: ArtifactSpec, file: Path) -> Path:
        """Verify a finished file on the store's own disk and move it to its place.

        Raises:
            DigestMismatchError: it is not as pinned; it stays where it is.
        """
        folder = make_private_dir(self.path(spec).parent)
        if file.stat().st_dev != folder.stat().st_dev:  # a models folder that links to a larger disk
            self.place(spec, read_chunks(file))
            file.unlink()
            return self.path(spec)
        with self._placing(spec) as target:
            self._name(spec, file, target, self.digest(file))
        self._stamps.forget(file)
        return target

    def remove(self, spec: ArtifactSpec) -> bool:
        """Delete an artefact; False where it was not there."""
        with self._placing(spec) as target:
            self._stamps.forget(target)
            existed = target.exists()
            target.unlink(missing_ok=True)
        return existed

    def downloads(self, scope: str) -> Path:
        """The folder for partial things of one scope; whoever uses it holds ``lock(scope)``."""
        return make_private_dir(self.root / "downloads" / scope)

    def clear_downloads(self, scope: str) -> None:
        """Remove the partial things of a scope."""
        import shutil

        folder = self.root / "downloads" / scope
        for file in folder.rglob("*") if folder.is_dir() else ():
            self._stamps.forget(file)
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()

    def require_space(self, need_bytes: int, what: str) -> None:
        """Make sure that so many bytes fit.

        Raises:
            DiskSpaceError: they do not.
        """
        require_space(self.root, need_bytes, what)

    @contextmanager
    def lock(self, name: str, *, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold a lock that excludes other processes and threads; the system releases it when its holder dies.

        Args:
            name: what is locked.
            on_wait: called once where somebody else holds it.
        """
        from filelock import FileLock, Timeout  # a tenth of a sandbox's imports, and a sandbox locks nothing

        folder = make_private_dir(self.root / "locks")
        lock = FileLock(folder / f"{name.replace('/', '-')}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if on_wait is not None:
                on_wait()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _placing(self, spec: ArtifactSpec) -> Iterator[Path]:
        target = self.path(spec)
        make_private_dir(target.parent)
        with self.lock(f"place-{spec.scope}"):
            remove_stale_temporaries(target)
            yield target

    def _name(self, spec: ArtifactSpec, file: Path, target: Path, found: Digest) -> None:
        expected = Digest(spec.sha256, spec.size_bytes)
        if found != expected:
            raise mismatch(f"What arrived for {spec.name}", expected, found, spec.mend)
        if target.is_dir():
            raise ArtifactError(f"{target} is a folder where {spec.name} belongs.", hint="Move the folder away.")
        # An mtime of a second ago: a write in the very tick of this one then still shows in stat (see stamps).
        past_ns = time.time_ns() - _SECOND_NS
        os.utime(file, ns=(past_ns, past_ns))
        replace(file, target)
        self._stamps.record(target, found)


def mismatch(what: str, expected: Digest, found: Digest, mend: str) -> DigestMismatchError:
    """The error that says what was expected and what was found."""
    if found.size_bytes != expected.size_bytes:
        difference = f"it has {found.size_bytes} bytes, pinned are {expected.size_bytes}"
    else:
        difference = f"its sha256 is {found.sha256}, pinned is {expected.sha256}"
    return DigestMismatchError(f"{what} is damaged: {difference}.", hint=f"Run `{mend}`.")


def _hashed(chunks: Iterable[bytes], hasher: Hasher, spec: ArtifactSpec) -> Iterator[bytes]:
    for chunk in chunks:
        hasher.update(chunk)
        if hasher.size_bytes > spec.size_bytes:
            # Stop before a source that never ends has filled the disk.
            raise mismatch(
                f"What arrived for {spec.name}", Digest(spec.sha256, spec.size_bytes), hasher.digest(), spec.mend
            )
        yield chunk
