"""The file system that a sandbox starts with."""

from __future__ import annotations

from collections.abc import Callable

from offline_ci.emscripten.abi.fcntl import O_RDONLY, O_WRONLY
from offline_ci.emscripten.ports import Fd
from offline_ci.emscripten.vfs import devfs
from offline_ci.emscripten.vfs.archivefs import mount_archive
from offline_ci.emscripten.vfs.filesystem import DEV_DEV, FileSystem
from offline_ci.emscripten.vfs.node import CharDevice, Directory
from offline_ci.emscripten.vfs.quota import Quota

DATA_PATH = "/mnt/data"
"""The working directory: the user's files."""
HOME_PATH = "/home/user"
TEMPORARY_PATH = "/tmp"  # noqa: S108 - the guest's


def standard_filesystem(
    now_ns: Callable[[], int],
    entropy: Callable[[int], bytes],
    *,
    quota: Quota | None = None,
    root: Directory | None = None,
    on_write: Callable[[Fd, bytes], None] | None = None,
    read_line: Callable[[], bytes] | None = None,
    tty: bool = False,
) -> FileSystem:
    """A file system with ``/mnt/data`` (where the guest starts), ``/tmp``, ``/home/user``, ``/dev``, and 0 to 2 open.

    Args:
        now_ns: the guest's time of day.
        entropy: random bytes, for ``/dev/urandom``.
        quota: see ``FileSystem``.
        root: see ``FileSystem``.
        on_write: called with 1 or 2 and what the guest wrote there; dropped if None.
        read_line: see ``ConsoleDevice``; the standard input is empty if None.
        tty: whether the standard streams claim to be a terminal.
    """
    fs = FileSystem(now_ns, quota=quota, root=root)
    fs.data_directory = fs.cwd = fs.mount_writable(DATA_PATH)
    fs.mount_writable(TEMPORARY_PATH, 0o1777)
    fs.mount_writable(HOME_PATH)
    devices = mount_archive({}, memoryview(b""), dev=DEV_DEV)
    backend, now, makedev = devices.backend, now_ns(), devfs.makedev
    console = devfs.ConsoleTty if tty else devfs.ConsoleDevice

    def writer(fd: Fd) -> Callable[[bytes], None] | None:
        return None if on_write is None else lambda data: on_write(fd, data)

    named: dict[str, CharDevice] = {
        "null": devfs.NullDevice(backend, 2, makedev(1, 3), now),
        "zero": devfs.ZeroDevice(backend, 3, makedev(1, 5), now),
        "full": devfs.FullDevice(backend, 4, makedev(1, 7), now),
        "random": devfs.RandomDevice(backend, 5, makedev(1, 8), now, entropy),
        "urandom": devfs.RandomDevice(backend, 6, makedev(1, 9), now, entropy),
        "tty": console(backend, 7, makedev(5, 0), now, on_write=writer(1), read_line=read_line),
    }
    streams: dict[str, CharDevice] = {
        "stdin": console(backend, 8, makedev(5, 1), now, read_line=read_line),
        "stdout": console(backend, 9, makedev(5, 2), now, on_write=writer(1)),
        "stderr": console(backend, 10, makedev(5, 3), now, on_write=writer(2)),
    }
    devices.children |= named | streams
    fs.mount("/dev", devices)
    fs.devices |= {device.rdev: device for device in named.values()}
    for fd, device in enumerate(streams.values()):
        fs.attach(fd, device, O_RDONLY if fd == 0 else O_WRONLY)
    return fs
