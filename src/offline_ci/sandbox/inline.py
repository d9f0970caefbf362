"""A guest in this process, for those who want one wall instead of two and a shorter way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.engine.threads import start_big_stack_thread
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.idle import take
from offline_ci.sandbox.result import ExecutionResult, GuestFile, OnInput, OnOutput
from offline_ci.sandbox.session import GuestSession
from offline_ci.sandbox.session_state import SessionState

T = TypeVar("T")


class InlineBackend:
    """Runs a ``GuestSession`` on a thread of its own, which has the stack that wasm needs.

    Callbacks are called on that thread.

    Args:
        options: limits, seed, clock.
        state: what to go on from; None for a fresh guest.
    """

    def __init__(self, options: SandboxOptions, state: SessionState | None = None) -> None:
        self._options = options
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = start_big_stack_thread(self._serve, name="guest")
        self._session = self._call(lambda: GuestSession(options, state=state))
        self.start_s = self._session.start_s

    def _serve(self) -> None:
        while (job := take(self._jobs, self._settle)) is not None:
            job()

    def _settle(self) -> None:
        if hasattr(self, "_session"):
            self._session.settle()

    def _call(self, function: Callable[[], T], on_ctrl_c: Callable[[], None] | None = None) -> T:
        done = threading.Event()
        results: list[T] = []
        failures: list[BaseException] = []

        def job() -> None:
            try:
                results.append(function())
            except BaseException as exc:  # noqa: BLE001 - handed over to the caller's thread
                failures.append(exc)
            finally:
                done.set()

        self._jobs.put(job)
        while True:
            try:
                if done.wait(0.5):  # in slices: so that Ctrl-C reaches the caller on every platform
                    break
            except KeyboardInterrupt:
                # Ctrl-C is for the cell, whose result then says "interrupted"; a second one is for the caller.
                if on_ctrl_c is None:
                    raise
                on_ctrl_c()
                on_ctrl_c = None
        if failures:
            raise failures[0]
        return results[0]

    def run(self, code: str, time_s: float, on_output: OnOutput | None, on_input: OnInput | None) -> ExecutionResult:
        """See ``Backend.run``."""
        return self._call(
            lambda: self._session.run(code, time_s, on_output, on_input), on_ctrl_c=self._session.interrupt
        )

    def is_alive(self) -> bool:
        """See ``Backend.is_alive``."""
        return True

    def interrupt(self) -> None:
        """See ``Backend.interrupt``."""
        self._session.interrupt()

    def write_file(self, path: str, data: bytes) -> None:
        """See ``Backend.write_file``."""
        self._call(lambda: self._session.write_file(path, data))

    def read_file(self, path: str) -> bytes:
        """See ``Backend.read_file``."""
        return self._call(lambda: self._session.read_file(path))

    def list_files(self) -> list[GuestFile]:
        """See ``Backend.list_files``."""
        return self._call(self._session.list_files)

    def remove_file(self, path: str) -> None:
        """See ``Backend.remove_file``."""
        self._call(lambda: self._session.remove_file(path))

    def grant(self, name: str, reader: Reader) -> None:
        """See ``Backend.grant``."""
        self._call(lambda: self._session.grant(name, reader))

    def checkpoint(self, number: int) -> None:
        """See ``Backend.checkpoint``."""
        self._call(lambda: self._session.checkpoint(number))

    def restore(self, number: int) -> None:
        """See ``Backend.restore``."""
        self._call(lambda: self._session.restore(number))

    def forget(self, number: int) -> None:
        """See ``Backend.forget``."""
        self._jobs.put(lambda: self._session.forget(number))

    def fork(self) -> InlineBackend:
        """See ``Backend.fork``."""
        return InlineBackend(self._options, self._call(self._session.fork))

    def save(self) -> Iterator[bytes]:
        """See ``Backend.save``."""
        pieces = self._call(self._session.save)
        while (piece := self._call(lambda: next(pieces, None))) is not None:
            yield piece

    def reset(self) -> None:
        """See ``Backend.reset``."""
        self._call(self._session.reset)

    def close(self) -> None:
        """See ``Backend.close``."""
        if self._thread.is_alive():
            self._call(self._session.close)
            self._jobs.put(None)
            self._thread.join()
