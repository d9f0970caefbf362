"""The process of a worker, as its parent sees it."""

from __future__ import annotations

import os
import signal
import threading

from offline_ci.sandbox.launch import Launched


class WorkerProcess:
    """The process of a worker; ``kill`` may come from any thread."""

    def __init__(self, launched: Launched) -> None:
        self.pid = launched.pid
        self._stderr = os.fdopen(launched.stderr, "rb")
        self._lock = threading.Lock()
        self._status: int | None = None

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
                os.kill(self.pid, signal.SIGKILL)

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
