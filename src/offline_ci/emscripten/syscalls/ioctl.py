"""ioctl: terminals, and what is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi import fcntl, structs
from offline_ci.emscripten.abi import ioctl as request
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Support, syscall
from offline_ci.emscripten.vfs.node import CharDevice, RegularFile
from offline_ci.emscripten.vfs.pipefs import Pipe

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

WINDOW_ROWS = 24
WINDOW_COLUMNS = 80


@syscall(
    "ioctl", "iiip", support=Support.PARTIAL, note="a terminal's settings are told as zeros and changes to them ignored"
)
def sys_ioctl(host: Host, fd: int, command: int, varargs: int) -> int:
    """Requests of descriptors and terminals; the argument is read from ``varargs``.

    Raises:
        ErrnoError: EBADF; ENOTTY, not a terminal or an unknown request; EINVAL, job control; EFAULT.
    """
    stream = host.fs.fds.get(fd)
    memory = host.memory
    match command:
        case request.FIOCLEX:
            host.fs.fds.cloexec.add(fd)
            return 0
        case request.FIONCLEX:
            host.fs.fds.cloexec.discard(fd)
            return 0
        case request.FIONBIO:
            wanted = memory.read_u32(memory.read_u32(varargs))
            stream.flags = stream.flags & ~fcntl.O_NONBLOCK | (fcntl.O_NONBLOCK if wanted else 0)
            return 0
        case request.FIONREAD if isinstance(stream.node, RegularFile):
            left = min(max(0, stream.node.size - stream.position), 0x7FFFFFFF)
            memory.write_u32(memory.read_u32(varargs), left)
            return 0
        case request.FIONREAD if isinstance(stream.node, Pipe):
            memory.write_u32(memory.read_u32(varargs), len(stream.node.pending()))
            return 0
    if not (isinstance(stream.node, CharDevice) and stream.node.is_tty):
        raise ErrnoError(Errno.ENOTTY)
    match command:
        case request.TIOCGWINSZ:
            memory.pack(structs.WINSIZE, memory.read_u32(varargs), WINDOW_ROWS, WINDOW_COLUMNS, 0, 0)
        case request.TCGETS:
            memory.write_bytes(memory.read_u32(varargs), bytes(structs.TERMIOS_BYTES))
        case request.TCSETS | request.TCSETSW | request.TCSETSF | request.TIOCSWINSZ:
            pass
        case request.TIOCGPGRP | request.TIOCSPGRP:
            raise ErrnoError(Errno.EINVAL)
        case _:
            raise ErrnoError(Errno.ENOTTY)
    return 0
