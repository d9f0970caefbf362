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

_MEET_S = 30
_N_ENDS = 3

CAN_FORK = hasattr(os, "fork") and hasattr(os, "pidfd_open")
"""Elsewhere a fork is a new worker that loads a saved session."""


def meet(fork: Callable[[], int], control: int, stderr: int) -> Launched:
    """Have a worker forked and connect to the new one.

    Args:
        fork: lets the worker fork, which finds its ends at the other end of ``control``; returns the new process.
        control: the worker's socket.
        stderr: descriptor of the file that both write their standard error to.

    Raises:
        WorkerCrashedError: the new process did not come.
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
        _send(control, [requests[0], replies[1], controls[1]])
        pid = fork()
        theirs.close()
        poll = select.poll()
        poll.register(replies[0], select.POLLIN)
        if not poll.poll(_MEET_S * 1000):
            raise WorkerCrashedError("The sandbox's fork did not answer.", hint="Please report this.")
        launched = Launched(pid, requests[1], replies[0], os.dup(stderr), controls[0])
        ours.pop_all()
        return launched


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
