"""The host of one guest as the sandbox sets it up: files, streams, the message channel, limits."""

from __future__ import annotations

import os
from collections.abc import Callable

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.fcntl import O_RDONLY, O_RDWR, O_WRONLY
from offline_ci.emscripten.clock import Clock
from offline_ci.emscripten.host import Host
from offline_ci.emscripten.random import Entropy, SeededEntropy
from offline_ci.emscripten.vfs.archivefs import mount_archive
from offline_ci.emscripten.vfs.devfs import ChannelDevice
from offline_ci.emscripten.vfs.filesystem import ROOT_DEV, FileInfo
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.emscripten.vfs.node import CharDevice
from offline_ci.emscripten.vfs.quota import Quota, Refusal
from offline_ci.emscripten.vfs.standard import standard_filesystem
from offline_ci.errors import HostInvariantError, UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.boot import ENVIRONMENT
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.sandbox.files import MOUNT
from offline_ci.sandbox.result import GuestFile
from offline_ci.sandbox.watch import Watch

CHANNEL_FD = 3
"""The descriptor of the message channel; ``offline_ci_guest.channel`` in the guest knows it too."""
_STANDARD = (("/dev/stdin", O_RDONLY), ("/dev/stdout", O_WRONLY), ("/dev/stderr", O_WRONLY))
_NS_PER_S = 1_000_000_000


class GuestHost:
    """Files and streams, which outlive an interpreter, and the hosts of one interpreter after the other.

    Args:
        runtime: whose file tree is the root.
        limits: of disk, files and descriptors.
        watch: cuts the guest's sleep short.
        seed, epoch: see ``SandboxOptions``.
        on_write: ``(fd, data)`` of standard output and error.
        on_message: what the guest sends on the channel.
        on_input: one line for standard input; None where there is nobody to ask.

    Attributes:
        grants: input files by name.
    """

    def __init__(
        self,
        runtime: InstalledRuntime,
        limits: ResourceLimits,
        watch: Watch,
        *,
        seed: int | None,
        epoch: float | None,
        on_write: Callable[[int, bytes], None],
        on_message: Callable[[bytes], None],
        on_input: Callable[[], bytes | None],
    ) -> None:
        self._limits = limits
        self._watch = watch
        self._clock = Clock(None if epoch is None else int(epoch * _NS_PER_S))
        self._entropy: Entropy = os.urandom if seed is None else SeededEntropy(seed)
        self._quota = Quota(disk_bytes=limits.disk_bytes, files=limits.files, open_files=limits.open_files)
        self.fs = standard_filesystem(
            self._clock.realtime_ns,
            self._entropy,
            quota=self._quota,
            root=mount_archive(runtime.rootfs_index(), runtime.rootfs_contents, dev=ROOT_DEV),
            on_write=on_write,
            read_line=lambda: on_input() or b"",
        )
        self._clock_at_start = self._clock.save()
        self._entropy_at_start = self._entropy.save() if isinstance(self._entropy, SeededEntropy) else None
        self._on_message = on_message
        self._channel: ChannelDevice | None = None
        self._host: Host | None = None
        self.grants: dict[str, Reader] = {}
        self._generation = self.fs.generation

    def new_host(self) -> Host:
        """A host for a fresh interpreter: the same files, but only the standard descriptors open."""
        for fd, _ in list(self.fs.fds):
            self.fs.fds.close(fd)
        self._open_standard()
        self.fs.cwd = self.fs.data_directory
        self._channel = ChannelDevice(self.fs.root.backend, 1, self._clock.realtime_ns(), self._on_message)
        self.fs.attach(CHANNEL_FD, self._channel, O_RDWR)
        host = Host(
            fs=self.fs,
            clock=self._clock,
            entropy=self._entropy,
            environ=ENVIRONMENT,
            heap_max_bytes=self._limits.memory_bytes,
            sleep=self._watch.sleep,
        )
        self._watch.raise_signal = host.raise_signal
        self._host = host
        return host

    def _open_standard(self) -> None:
        """Open the standard streams that are not."""
        for fd, (path, flags) in enumerate(_STANDARD):
            if self.fs.fds.find(fd) is not None:
                continue
            device = self.fs.resolve(path, self.fs.root)
            if not isinstance(device, CharDevice):
                raise HostInvariantError(f"{path} is no device.")
            self.fs.attach(fd, device, flags)

    def rewind(self) -> None:
        """Let a fixed clock and the random numbers of a seed begin again, for an interpreter like the first."""
        self._clock.restore(self._clock_at_start)
        if self._entropy_at_start is not None and isinstance(self._entropy, SeededEntropy):
            self._entropy.restore(self._entropy_at_start)

    @property
    def host(self) -> Host:
        """The present interpreter's."""
        if self._host is None:
            raise HostInvariantError("There is no interpreter yet.")
        return self._host

    # --- cells

    def push_request(self, request: bytes) -> None:
        """Queue a request for the guest's runner."""
        if self._channel is None:
            raise HostInvariantError("A request was queued before the interpreter started.")
        self._channel.push(request)

    def begin_cell(self) -> None:
        """Forget what was refused, remember the files, and mend the descriptors that an earlier cell took away."""
        self._open_standard()
        if self._channel is not None and not self.can_tell:
            self.fs.attach(CHANNEL_FD, self._channel, O_RDWR)
        self._quota.clear_refused()
        if self._host is not None:
            self._host.memory_refused = None
        self._generation = self.fs.generation

    @property
    def can_tell(self) -> bool:
        """Whether the guest still has the descriptor over which it tells its results."""
        channel = self.fs.fds.find(CHANNEL_FD)
        return channel is not None and channel.node is self._channel

    @property
    def memory_refused(self) -> int | None:
        """Bytes the heap should have grown to in this cell, and could not."""
        refused = self._host.memory_refused if self._host is not None else None
        return None if refused is None else refused[1]

    @property
    def disk_refused(self) -> Refusal | None:
        """The first refusal of disk space or files in this cell."""
        return self._quota.refused

    def changed_files(self) -> list[GuestFile]:
        """Files below ``/mnt/data`` that were created or changed since ``begin_cell``."""
        return [_guest_file(info) for info in self.fs.changed_since(self._generation, MOUNT)]

    # --- files of the host's side

    def write_file(self, path: str, data: bytes) -> None:
        """Create or replace a file below ``/mnt/data``."""
        try:
            self.fs.write_file(f"{MOUNT}/{path}", data)
        except ErrnoError as exc:
            raise _file_error("written", path, exc) from exc

    def read_file(self, path: str) -> bytes:
        """The content of a file below ``/mnt/data``."""
        try:
            return self.fs.read_file(f"{MOUNT}/{path}")
        except ErrnoError as exc:
            raise _file_error("read", path, exc) from exc

    def remove_file(self, path: str) -> None:
        """Remove a file below ``/mnt/data``."""
        try:
            self.fs.remove(f"{MOUNT}/{path}")
        except ErrnoError as exc:
            raise _file_error("removed", path, exc) from exc

    def list_files(self) -> list[GuestFile]:
        """All files below ``/mnt/data``."""
        return [_guest_file(info) for info in self.fs.list_tree(MOUNT)]

    def written_files(self) -> list[GuestFile]:
        """Those of them that are not the host's."""
        return [_guest_file(info) for info in self.fs.list_tree(MOUNT) if not info.is_input]

    def grant(self, name: str, reader: Reader) -> None:
        """Offer a host file as ``/mnt/data/<name>``."""
        try:
            self.fs.mount_grant(f"{MOUNT}/{name}", reader)
        except ErrnoError as exc:
            raise _file_error("granted", name, exc) from exc
        self.grants[name] = reader


def _guest_file(info: FileInfo) -> GuestFile:
    return GuestFile(info.path.removeprefix(MOUNT + "/"), info.size)


_REASONS = {
    Errno.ENOENT: ("there is no such file", "See sandbox.files.list()."),
    Errno.ENOSPC: ("the sandbox's disk is full", "Raise the disk limit or remove files."),
    Errno.EISDIR: ("it is a folder", "Name a file."),
    Errno.ENOTDIR: ("a file is where a folder is needed", "Choose another name."),
    Errno.ELOOP: ("its links lead in a circle", "Remove them."),
    Errno.EROFS: ("it lies outside of what can be written", f"Stay below {MOUNT}."),
}


def _file_error(done: str, path: str, exc: ErrnoError) -> UsageError:
    reason, hint = _REASONS.get(exc.errno, (exc.errno.name, f"Use another file below {MOUNT}."))
    return UsageError(f"The sandbox's file {path} cannot be {done}: {reason}.", hint=hint)
