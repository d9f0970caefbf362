"""Meeting a worker that another worker forks: two named pipes in a private folder, gone as soon as both have come."""

from __future__ import annotations

import os
import select
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from offline_ci.errors import WorkerCrashedError
from offline_ci.sandbox.launch import Launched

_MEET_S = 30

CAN_FORK = hasattr(os, "fork") and hasattr(os, "pidfd_open")
"""Elsewhere a fork is a new worker that loads a saved session."""


def meet(fork: Callable[[str, str], int], stderr: int) -> Launched:
    """Have a worker forked and connect to the new one.

    Args:
        fork: lets the worker fork; gets the paths of the pipes for requests and replies, returns the new process.
        stderr: descriptor of the file that both write their standard error to.

    Raises:
        WorkerCrashedError: the new process did not come.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="offline-ci-")))
        paths = str(folder / "requests"), str(folder / "replies")
        for path in paths:
            os.mkfifo(path, 0o600)
        # Opened before the other side comes, so that neither waits for the other in open().
        placeholder = os.open(paths[0], os.O_RDWR | os.O_CLOEXEC)
        stack.callback(os.close, placeholder)
        replies = os.open(paths[1], os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        stack.callback(os.close, replies)
        pid = fork(*paths)
        poll = select.poll()
        poll.register(replies, select.POLLIN)
        if not poll.poll(_MEET_S * 1000):
            raise WorkerCrashedError("The sandbox's fork did not answer.", hint="Please report this.")
        os.set_blocking(replies, True)
        requests = os.open(paths[0], os.O_WRONLY | os.O_CLOEXEC)
        return Launched(pid, requests, os.dup(replies), os.dup(stderr))
