"""Meeting a worker that another worker forks: the ends of its connection are passed to it over a socket."""

from __future__ import annotations

import _socket  # what socket is made of: a worker has no use for the rest
import array
import os
import select
from collections.abc import Callable
from contextlib import ExitStack

from offline_ci.errors import WorkerCrashedError
from offline_ci.sandbox.launch import Launched, socket_pair
from offline_ci.sandbox.worker_process import ForkedProcess, WorkerProcess

_MEET_S = 30
_N_ENDS = 3

CAN_FORK = hasattr(os, "fork") and hasattr(os, "pidfd_open")
"""Elsewhere a fork is a new worker that loads a saved session."""


def meet(fork: Callable[[], int], worker: WorkerProcess) -> tuple[ForkedProcess, Launched]:
    """Have a worker forked and connect to the new one.

    Args:
        fork: lets the worker fork, which finds its ends at the other end of its control socket; returns the number
            that it says the new process has.
        worker: the process of the worker.

    Returns:
        The new process, and the descriptors of the connection to it.

    Raises:
        WorkerCrashedError: the new process did not come, or is none of the worker's.
    """
    with ExitStack() as ours, ExitStack() as theirs:

        def kept(stack: ExitStack, fd: int) -> int:
            stack.callback(os.close, fd)
            return fd

        reader, writer = os.pipe()
        requests = kept(theirs, reader), kept(ours, writer)
        reader, writer = os.pipe()
        replies = kept(ours, reader), kept(theirs, writer)
        near, far = socket_pair()
        controls = kept(ours, near), kept(theirs, far)
        _send(worker.control_fd, [requests[0], replies[1], controls[1]])
        pid = fork()
        theirs.close()
        handle = kept(ours, _open_process(pid, worker.session))
        poll = select.poll()
        poll.register(replies[0], select.POLLIN)
        if not poll.poll(_MEET_S * 1000):
            raise WorkerCrashedError("The sandbox's fork did not answer.", hint="Please report this.")
        launched = Launched(pid, requests[1], replies[0], os.dup(worker.stderr_fd), controls[0])
        ours.pop_all()
        return ForkedProcess(launched, handle, worker.session), launched


def _open_process(pid: int, session: int) -> int:
    """A handle of a process of that session: a worker that was broken out of could name any other, for us to kill."""
    try:
        handle = os.pidfd_open(pid)
    except OSError as error:
        raise WorkerCrashedError("The sandbox's fork is gone.") from error
    try:
        is_ours = os.getsid(pid) == session
        # It lives: so it was that process, and not a later one of the same number, whose session was asked for.
        is_alive = not select.select([handle], [], [], 0)[0]
    except OSError:
        is_ours = is_alive = False
    if is_ours and is_alive:
        return handle
    os.close(handle)
    raise WorkerCrashedError("The sandbox's process named a fork that is none of its own.")


def _send(control: int, descriptors: list[int]) -> None:
    sender = _socket.socket(fileno=os.dup(control))
    try:
        sender.sendmsg([b"f"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", descriptors))])
    except OSError as error:
        raise WorkerCrashedError("The sandbox's process is gone.") from error
    finally:
        sender.close()


def receive_ends(control: int) -> tuple[int, int, int]:
    """The descriptors that ``meet`` passed, in the worker: for requests, for replies, and the next socket.

    Raises:
        WorkerCrashedError: they did not come.
    """
    receiver = _socket.socket(fileno=os.dup(control))
    try:
        _, messages, *_ = receiver.recvmsg(1, _socket.CMSG_SPACE(_N_ENDS * array.array("i").itemsize))
    finally:
        receiver.close()
    ends = array.array("i", messages[0][2]) if messages else array.array("i")
    if len(ends) != _N_ENDS:
        raise WorkerCrashedError("The connection of a fork did not come.")
    return ends[0], ends[1], ends[2]
