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


class Launched:
    """A worker's process, and this side's descriptors: what it is asked, what it answers, its standard error."""

    __slots__ = ("pid", "replies", "requests", "stderr")

    def __init__(self, pid: int, requests: int, replies: int, stderr: int) -> None:
        self.pid = pid
        self.requests = requests
        self.replies = replies
        self.stderr = stderr


_ahead: list[Launched] = []


def launch_ahead() -> None:
    """Start the worker that the next ``launch`` gives."""
    try:
        _ahead.append(_spawn())
    except OSError:
        return  # ``launch`` will try again, and raise


def launch() -> Launched:
    """A new worker.

    Raises:
        OSError: no process can be started.
    """
    return _ahead.pop() if _ahead else _spawn()


def _spawn() -> Launched:
    theirs: list[int] = []
    ours: list[int] = []
    try:
        for reader, writer, is_request in ((*os.pipe(), True), (*os.pipe(), False)):
            theirs.append(_above_standard(reader if is_request else writer))
            ours.append(_above_standard(writer if is_request else reader))
        ours.append(_above_standard(_anonymous_file()))
        # As subprocess.Popen would do it, but importing that takes longer than all of this.
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *_COMMAND],
            {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            file_actions=[(os.POSIX_SPAWN_DUP2, fd, n) for n, fd in enumerate((*theirs, ours[2]))],
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
    # A parent without standard streams would get 0, 1 or 2, which the worker's own would overwrite.
    if fd > 2:
        return fd
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    moved = fcntl(fd, F_DUPFD_CLOEXEC, 3)
    os.close(fd)
    return moved


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("worker-stderr")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
