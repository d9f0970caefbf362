"""Python files to .pyc, by the very CPython that will load them: compiled inside the sandbox, several at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.emscripten.vfs.archivefs import mount_archive
from offline_ci.emscripten.vfs.filesystem import ROOT_DEV
from offline_ci.emscripten.vfs.quota import Quota
from offline_ci.emscripten.vfs.standard import standard_filesystem
from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.boot import ENVIRONMENT, boot_python, new_plain_instance
from offline_ci.pyodide.build_cache import ContentCache
from offline_ci.pyodide.build_progress import BuildProgress, StepClock
from offline_ci.pyodide.build_sources import SourceGroup
from offline_ci.pyodide.build_workers import run_parallel
from offline_ci.pyodide.installed import InstalledRuntime

STEP = "Compile Python"
CACHE_TAG = "cpython-314"
_RECIPE = 1
"""Changes with ``offline_ci_guest.bytecode``'s output."""
_COMPILER = ("offline_ci_guest.bytecode", "compile_files")
_JOB, _RESULT = "/tmp/bytecode-job", "/tmp/bytecode-result"  # noqa: S108 - the guest's
_MEMORY_BYTES = 2 << 30
_LENGTH_BYTES = 4


def build_bytecode(
    groups: Sequence[SourceGroup],
    runtime: InstalledRuntime,
    python_digest: str,
    cache: ContentCache,
    progress: BuildProgress,
) -> Iterator[tuple[str, bytes]]:
    """Guest path and contents of every .pyc, group by group.

    Args:
        groups: what to compile.
        runtime: boots, and has the files in its tree.
        python_digest: of the published main module: which CPython it is.
        cache: keeps what was compiled, by content.
        progress: told about the step.

    Raises:
        RuntimeBuildError: the guest failed.
    """
    clock = StepClock(progress, STEP, {group.name: len(group.paths) for group in groups})
    results: dict[str, Path] = {}
    guests = _Guests(runtime)

    def work(group: SourceGroup, stop: threading.Event) -> Path:
        key = f"{group.digest[:32]}-{python_digest[:16]}-{_RECIPE}"
        cached = cache.find(key) or cache.put(key, guests.of_this_thread(stop).compile(group.paths))
        return cached.path

    def done(group: SourceGroup, path: Path) -> None:
        results[group.name] = path
        clock.advance(group.name)

    with guests:
        run_parallel(work, sorted(groups, key=lambda group: len(group.paths), reverse=True), done)
    for group in groups:
        yield from _pyc_files(results[group.name].read_bytes(), frozenset(group.paths))


class _Guests:
    """One guest for each thread, closed together."""

    def __init__(self, runtime: InstalledRuntime) -> None:
        self._runtime = runtime
        self._local = threading.local()
        self._all: list[_CompilingGuest] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, *_: object) -> None:
        # After a failure a thread may still be on its way out of its guest.
        for guest in self._all if kind is None else ():
            guest.close()

    def of_this_thread(self, stop: threading.Event) -> _CompilingGuest:
        """The calling thread's guest, booted when first asked for."""
        guest: _CompilingGuest | None = getattr(self._local, "guest", None)
        if guest is None:
            guest = self._local.guest = _CompilingGuest(self._runtime, stop)
            self._all.append(guest)
        return guest


class _CompilingGuest:
    """An interpreter that compiles files of its own tree."""

    def __init__(self, runtime: InstalledRuntime, stop: threading.Event) -> None:
        self._stop = stop
        self._output: list[bytes] = []
        clock = Clock()
        self._fs = standard_filesystem(
            clock.realtime_ns,
            os.urandom,
            quota=Quota(),
            root=mount_archive(runtime.rootfs_index(), runtime.rootfs_contents, dev=ROOT_DEV),
            on_write=lambda _fd, data: self._output.append(data),
        )
        host = Host(fs=self._fs, clock=clock, entropy=os.urandom, environ=ENVIRONMENT)
        instance = new_plain_instance(runtime, host, memory_bytes=_MEMORY_BYTES, on_tick=self._on_tick)
        self._python = boot_python(runtime, instance, host)
        self._compiler = self._python.capi.import_attribute(*_COMPILER)

    def _on_tick(self) -> None:
        if self._stop.is_set():
            raise GuestTrap("interrupt", "the build was stopped")

    def compile(self, paths: Sequence[str]) -> bytes:
        """What ``offline_ci_guest.bytecode`` makes of these files."""
        self._fs.write_file(_JOB, "\n".join(paths).encode())
        try:
            with self._python.instance.enter():
                n = self._python.capi.call_returning_int(self._compiler)
        except (GuestTrap, GuestExit) as end:
            raise RuntimeBuildError(f"The sandbox ended while it compiled {paths[0]} and others: {end}") from end
        if n is None:
            output = b"".join(self._output).decode("utf-8", "replace").strip()
            raise RuntimeBuildError(f"The sandbox cannot compile {paths[0]} and others: {output[-500:]}")
        return self._fs.read_file(_RESULT)

    def close(self) -> None:
        """Free it."""
        self._python.close()


def _pyc_files(result: bytes, sources: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    position = 0
    parts: list[bytes] = []
    while position < len(result):
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(result[position:start], "little")
        parts.append(result[start:position])
    for raw_path, data in zip(parts[::2], parts[1::2], strict=True):
        path = PurePosixPath(raw_path.decode())
        if str(path) not in sources:
            raise RuntimeBuildError(f"The sandbox compiled {path}, which it was not asked to.")
        yield f"{path.parent}/__pycache__/{path.stem}.{CACHE_TAG}.pyc", data
