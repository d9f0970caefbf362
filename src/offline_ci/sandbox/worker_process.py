"""The process of a worker, as its parent sees it."""

from __future__ import annotations

import os
import select
import signal
import threading
from contextlib import suppress

from offline_ci.sandbox.launch import Launched


class WorkerProcess:
    """The process of a worker; ``kill`` may come from any thread.

    Attributes:
        pid: its number.
        session: number of the session that it and its forks live in, which no process can leave for another one's.
        control_fd: the socket over which descriptors are passed to it.
    """

    def __init__(self, launched: Launched) -> None:
        self._lock = threading.Lock()
        self._status: int | None = None
        self._stderr = os.fdopen(launched.take("stderr"), "rb")
        self.control_fd = launched.take("control")
        self.pid = self.session = launched.take("pid")

    def __del__(self) -> None:  # a Ctrl-C came before anybody could close it
        with suppress(Exception):
            self.close()

    @property
    def stderr_fd(self) -> int:
        """The file of its standard error."""
        return self._stderr.fileno()

    def poll(self) -> int | None:
        """How it ended, as ``subprocess`` tells it: minus the signal that killed it; None while it lives."""
        return self._wait(os.WNOHANG)

    def wait(self) -> int:
        """Wait for its end, which must be near: a process that was killed."""
        status = self._wait(0)
        assert status is not None  # noqa: S101 - for the type checker
        return status

    def _wait(self, options: int) -> int | None:
        with self._lock:
            if self._status is None:
                try:
                    pid, status = os.waitpid(self.pid, options)
                except ChildProcessError:  # whoever embeds us ignores SIGCHLD: the system has forgotten it
                    pid, status = self.pid, 0
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
            return self._status

    def kill(self) -> None:
        """End it now."""
        with self._lock:  # not after ``wait``: the number may be another process's then
            if self._status is None:
                self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        os.kill(self.pid, number)

    def last_words(self) -> str:
        """The last line that it wrote to its standard error."""
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def close(self) -> None:
        """End it, and forget what it wrote."""
        self.kill()
        self.wait()
        self._stderr.close()
        if self.control_fd >= 0:
            os.close(self.control_fd)
            self.control_fd = -1


class ForkedProcess(WorkerProcess):
    """The process of a worker that another worker forked: no child of ours, so its end has no status.

    Args:
        launched: what it was started with.
        handle: a descriptor of the process, which is ours from here on.
        session: see ``WorkerProcess``.
    """

    def __init__(self, launched: Launched, handle: int, session: int) -> None:
        self._handle = handle
        super().__init__(launched)
        self.session = session

    def _wait(self, options: int) -> int | None:
        with self._lock:
            if self._status is None and select.select([self._handle], [], [], 0 if options else None)[0]:
                self._status = 0
            return self._status

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def close(self) -> None:
        """See ``WorkerProcess.close``."""
        super().close()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
