"""The parent's side of a sandbox in a process of its own."""

from __future__ import annotations

import math
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar

from offline_ci.artifacts.files import write_chunks
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.errors import WorkerCrashedError
from offline_ci.limits import ResourceLimits
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.channel import Channel
from offline_ci.sandbox.conversation import Listener, await_reply, refusing_nonsense
from offline_ci.sandbox.forking import CAN_FORK, meet
from offline_ci.sandbox.launch import Launched, launch
from offline_ci.sandbox.replies import read_files, read_pid, read_refusal, read_result, read_start
from offline_ci.sandbox.result import ExecutionResult, GuestFile, LimitHit, OnInput, OnOutput
from offline_ci.sandbox.watch import GRACE_S
from offline_ci.sandbox.worker_process import WorkerProcess

T = TypeVar("T")

_START_TIMEOUT_S = 120.0
_FILE_TIMEOUT_S = 300.0
_MAX_PIECE_BYTES = 1 << 26
"""Of a session file: see ``session_file.file_chunks``."""
_KILL_MARGIN_S = 5.0
"""How long after the trap was due the worker itself is killed."""
_LOOK_AGAIN_S = 0.1


class _KillTimer:
    """Kills a process that does not answer in time; entered around a request.

    Attributes:
        expired: it did.
    """

    def __init__(self, process: WorkerProcess, timeout_s: float) -> None:
        self._process = process
        self._left_s = timeout_s
        self._since: float | None = None
        """When its time began to run; None while it stands still."""
        self._lock = threading.Lock()
        self.expired = False

    def __enter__(self) -> Self:
        self._since = time.monotonic()
        self._start(self._left_s)
        return self

    def _start(self, seconds: float) -> None:
        # Weakly: a Ctrl-C may come before anybody can cancel it, and then it must not keep the process alive.
        self._timer = threading.Timer(seconds, _look, [weakref.ref(self)])
        self._timer.daemon = True
        try:
            self._timer.start()
        except BaseException:
            self._timer.cancel()
            raise

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._left_s = math.inf
            self._timer.cancel()

    def look(self) -> None:
        """Kill the process if its time is over; look again when it may be."""
        with self._lock:
            left_s = self._left_s - (0 if self._since is None else time.monotonic() - self._since)
            if left_s <= 0:
                self.expired = True
                self._process.kill()
            elif left_s < math.inf:
                self._start(max(left_s, _LOOK_AGAIN_S))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that passes in this block does not count: a person is thinking.

        The thread that looks goes on: programs may ask a thousand times a second.
        """
        with self._lock:
            assert self._since is not None  # noqa: S101 - for the type checker
            self._left_s -= time.monotonic() - self._since
            self._since = None
        try:
            yield
        finally:
            with self._lock:
                self._since = time.monotonic()


def _look(timer: weakref.ref[_KillTimer]) -> None:
    if (alive := timer()) is not None:
        alive.look()


@dataclass(frozen=True, slots=True)
class Connection:
    """A worker that holds a guest already.

    Attributes:
        process: the worker's.
        channel: to it.
        start_s: seconds that it took.
    """

    process: WorkerProcess
    channel: Channel
    start_s: float


class ProcessBackend:
    """A worker process and the connection to it; replaced by a new one when it dies.

    Args:
        options: how the guest is started.
        connection: a worker that holds the guest already; None to start one.
        grants: the input files that its guest knows.
    """

    def __init__(
        self, options: SandboxOptions, connection: Connection | None = None, grants: Mapping[str, Reader] | None = None
    ) -> None:
        self._options = options
        self._grants = dict(grants or {})
        self._disk_bytes = ResourceLimits(**options.limits).disk_bytes
        self._forgotten: list[int] = []
        self._closed = False
        self._broken = False
        if connection is None:
            self._start()
        else:
            self._process, self._channel = connection.process, connection.channel
            self.start_s = self.guest_start_s = connection.start_s
        self._options = replace(options, session=None)  # a worker that replaces this one starts afresh

    # --- life of the worker

    def _start(self) -> None:
        begin = time.perf_counter()
        launched = launch(*([self._options.session] if self._options.session else []))
        self._process, self._channel = WorkerProcess(launched), _channel(launched)
        try:
            start = {"op": "start", "options": asdict(self._options)}
            (self.guest_start_s, self.walls), _ = self._request(start, read=read_start, timeout_s=_START_TIMEOUT_S)
            for name, reader in self._grants.items():
                self._ask({"op": "grant", "name": name, "size": reader.size})
        except BaseException:
            self._stop()
            raise
        self.start_s = time.perf_counter() - begin

    def _stop(self) -> None:
        self._process.kill()
        self._channel.close()
        self._process.close()

    def close(self) -> None:
        """See ``Backend.close``."""
        if not self._closed:
            self._closed = True
            self._stop()

    def reset(self) -> None:
        """See ``Backend.reset``."""
        if self.is_alive():
            self._ask({"op": "reset"}, timeout_s=_START_TIMEOUT_S)
        else:
            self._restart()

    # --- requests

    def _request(
        self,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        read: Callable[[dict[str, Any]], T],
        timeout_s: float = _FILE_TIMEOUT_S,
        on_output: OnOutput | None = None,
        on_input: OnInput | None = None,
        max_body_bytes: int = 0,
    ) -> tuple[T, bytes]:
        if self._broken:
            self._restart()
        header["forget"], self._forgotten = self._forgotten, []
        with _KillTimer(self._process, timeout_s) as timer:
            interrupt = self.interrupt if header["op"] == "run" else None
            listener = Listener(on_output, on_input, timer.paused, interrupt)
            try:
                self._channel.send(header, body)
                reply, data = await_reply(self._channel, self._grants, listener, max_body_bytes=max_body_bytes)
                with refusing_nonsense():
                    if "failed" not in reply:
                        return read(reply), data
                    refusal = read_refusal(reply)
            except (EOFError, WorkerCrashedError) as exc:
                raise self._crash(exc, expired=timer.expired) from exc
            except BaseException:
                # A callback of the caller raised in the middle of a cell: the worker cannot be talked to any more.
                self._broken = True
                self._process.kill()
                raise
        raise refusal

    def _ask(self, header: dict[str, Any], body: bytes = b"", *, timeout_s: float = _FILE_TIMEOUT_S) -> None:
        """A request whose reply says nothing but that it was done."""
        self._request(header, body, read=bool, timeout_s=timeout_s)

    def _crash(self, exc: BaseException, *, expired: bool) -> WorkerCrashedError:
        self._broken = True  # the next request finds a new one
        self._process.kill()
        code = self._process.wait()
        words = self._process.last_words()
        reason = f": {words}" if words else f" ({exc})" if str(exc) else ""
        error = WorkerCrashedError(
            f"The sandbox's process ended with status {code}{reason}.",
            hint="Please report this with the code that ran.",
        )
        error.expired = expired
        return error

    # --- Backend

    def run(self, code: str, time_s: float, on_output: OnOutput | None, on_input: OnInput | None) -> ExecutionResult:
        """See ``Backend.run``; a worker that does not stop in time is killed and replaced."""
        begin = time.perf_counter()
        try:
            return self._request(
                {"op": "run", "code": code, "time_s": time_s, "input": on_input is not None},
                read=read_result,
                timeout_s=time_s + GRACE_S + _KILL_MARGIN_S,
                on_output=on_output,
                on_input=on_input,
            )[0]
        except WorkerCrashedError as exc:
            self._restart()
            if not exc.expired:
                raise
            elapsed = time.perf_counter() - begin
            limit = LimitHit("time_s", time_s, elapsed)
            return ExecutionResult("time_limit", limit=limit, state_lost=True, elapsed_s=elapsed)

    def _restart(self) -> None:
        self._stop()
        self._broken = False
        self._start()

    def is_alive(self) -> bool:
        """See ``Backend.is_alive``."""
        return not self._broken and self._process.poll() is None

    def interrupt(self) -> None:
        """See ``Backend.interrupt``."""
        with suppress(WorkerCrashedError):
            self._channel.send({"op": "interrupt"})

    def checkpoint(self, number: int) -> None:
        """See ``Backend.checkpoint``."""
        self._ask({"op": "checkpoint", "number": number})

    def restore(self, number: int) -> None:
        """See ``Backend.restore``."""
        self._ask({"op": "restore", "number": number})

    def forget(self, number: int) -> None:
        """See ``Backend.forget``; the worker hears of it with the next request."""
        self._forgotten.append(number)

    def fork(self) -> ProcessBackend:
        """See ``Backend.fork``; the twin is a process of its own."""
        begin = time.perf_counter()
        if not CAN_FORK:
            return self._fork_by_file()
        if self._broken:  # now: its successor has another control socket
            self._restart()
        process, launched = meet(self._ask_to_fork, self._process)
        channel = _channel(launched)
        try:
            channel.receive(0)
        except BaseException:
            channel.close()
            process.close()
            raise
        connection = Connection(process, channel, time.perf_counter() - begin)
        return ProcessBackend(self._options, connection, self._grants)

    def _ask_to_fork(self) -> int:
        return self._request({"op": "fork"}, read=read_pid)[0]

    def _fork_by_file(self) -> ProcessBackend:
        with tempfile.TemporaryDirectory(prefix="offline-ci-") as folder:
            path = Path(folder) / "session"
            write_chunks(path, self.save())
            return ProcessBackend(replace(self._options, session=str(path)), grants=self._grants)

    def save(self) -> Iterator[bytes]:
        """See ``Backend.save``."""
        op = "save"
        while piece := self._request({"op": op}, read=bool, max_body_bytes=_MAX_PIECE_BYTES)[1]:
            yield piece
            op = "save_on"

    def write_file(self, path: str, data: bytes) -> None:
        """See ``Backend.write_file``."""
        self._ask({"op": "write_file", "path": path}, data)

    def read_file(self, path: str) -> bytes:
        """See ``Backend.read_file``."""
        largest = max([self._disk_bytes, *(reader.size for reader in self._grants.values())])
        return self._request({"op": "read_file", "path": path}, read=bool, max_body_bytes=largest)[1]

    def list_files(self) -> list[GuestFile]:
        """See ``Backend.list_files``."""
        return self._request({"op": "list_files"}, read=read_files)[0]

    def remove_file(self, path: str) -> None:
        """See ``Backend.remove_file``."""
        self._ask({"op": "remove_file", "path": path})

    def grant(self, name: str, reader: Reader) -> None:
        """See ``Backend.grant``."""
        self._ask({"op": "grant", "name": name, "size": reader.size})
        self._grants[name] = reader


def _channel(launched: Launched) -> Channel:
    return Channel(os.fdopen(launched.take("replies"), "rb"), os.fdopen(launched.take("requests"), "wb"))
