"""Starting a worker's process, as early as can be: this module imports next to nothing.

A worker loads the runtime before it is asked anything. The command line therefore starts one before it imports its own
parts and reads its arguments, and two processors start together.
"""

from __future__ import annotations

import os
import sys

_COMMAND = ("-I", "-X", "faulthandler", "-c", "from offline_ci.sandbox.worker import main; main()")
_ENVIRONMENT = ("OFFLINE_CI_HOME", "HOME", "XDG_DATA_HOME")
"""What says where our files lie; nothing else of the environment reaches a worker."""
CONTROL_FD = 3
"""The worker's descriptor of a socket over which its parent passes the descriptors of a fork's connection."""


class Launched:
    """A worker's process, and this side's descriptors: requests, replies, its standard error, its control socket.

    What is not taken from it ends with it: a Ctrl-C may come before anybody else knows of the process.
    """

    __slots__ = ("control", "pid", "replies", "requests", "stderr")

    def __init__(self, pid: int, requests: int, replies: int, stderr: int, control: int) -> None:
        self.pid = pid
        self.requests = requests
        self.replies = replies
        self.stderr = stderr
        self.control = control

    def take(self, what: str) -> int:
        """The process, or a descriptor, which is the caller's from here on."""
        taken = int(getattr(self, what))
        setattr(self, what, -1)
        return taken

    def __del__(self) -> None:
        try:
            if self.pid > 0:
                _end(self.pid)
            for fd in (self.requests, self.replies, self.stderr, self.control):
                if fd >= 0:
                    os.close(fd)
        except (TypeError, AttributeError):  # Python is ending and has no functions any more; it closes all descriptors
            return


def _end(pid: int) -> None:
    for _ in range(3):  # a second Ctrl-C may come in the middle, and goes no further than ``__del__``
        try:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        except OSError:  # it is gone, or another worker's child
            return
        except KeyboardInterrupt:
            continue


_ahead: list[Launched] = []


def launch_ahead() -> None:
    """Start the worker that the next ``launch`` gives."""
    try:
        _ahead.append(_spawn())
    except OSError:
        return  # ``launch`` will try again, and raise


def launch(*readable: str) -> Launched:
    """A new worker.

    Args:
        readable: files that it must be able to read besides our own.

    Raises:
        OSError: no process can be started.
    """
    if readable:
        _ahead.clear()
    return _ahead.pop() if _ahead else _spawn_on_a_thread(readable)


def _spawn_on_a_thread(readable: tuple[str, ...]) -> Launched:
    """Where no Ctrl-C can come between the start of the process and the note of its number."""
    import threading

    launched: list[Launched] = []
    failed: list[BaseException] = []

    def spawn() -> None:
        try:
            launched.append(_spawn(*readable))
        except BaseException as error:  # noqa: BLE001 - it is raised below
            failed.append(error)

    thread = threading.Thread(target=spawn, name="spawn")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return launched.pop()


def socket_pair() -> tuple[int, int]:
    """Descriptors of two connected Unix sockets that are closed in other programs."""
    import _socket  # socket itself takes longer to import than all of a launch

    return tuple(end.detach() for end in _socket.socketpair())  # type: ignore[return-value]


def _spawn(*readable: str) -> Launched:
    theirs: list[int] = []
    ours: list[int] = []
    try:
        for reader, writer, is_request in ((*os.pipe(), True), (*os.pipe(), False)):
            theirs.append(_above_standard(reader if is_request else writer))
            ours.append(_above_standard(writer if is_request else reader))
        ours.append(_above_standard(_anonymous_file()))
        for ends, fd in zip((theirs, ours), socket_pair(), strict=True):
            ends.append(_above_standard(fd))
        # As subprocess.Popen would do it, but importing that takes longer than all of this.
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *_COMMAND, *readable],
            {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate((*theirs[:2], ours[2], theirs[2]))],
            setsid=True,  # the terminal's Ctrl-C is for the parent, which interrupts the cell
        )
    except BaseException:
        for fd in ours:
            os.close(fd)
        raise
    finally:
        for fd in theirs:
            os.close(fd)
    return Launched(pid, *ours)


def _above_standard(fd: int) -> int:
    # A parent without standard streams would get 0 to 3, which the worker's own would overwrite.
    if fd > CONTROL_FD:
        return fd
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    moved = fcntl(fd, F_DUPFD_CLOEXEC, CONTROL_FD + 1)
    os.close(fd)
    return moved


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("worker-stderr")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
