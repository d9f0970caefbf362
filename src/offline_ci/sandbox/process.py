"""The parent's side of a sandbox in a process of its own."""

from __future__ import annotations

import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from offline_ci import errors
from offline_ci.artifacts.files import write_chunks
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.errors import OfflineCIError, WorkerCrashedError
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.channel import Channel
from offline_ci.sandbox.forking import CAN_FORK, meet
from offline_ci.sandbox.launch import Launched, launch
from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit, OnInput, OnOutput
from offline_ci.sandbox.watch import GRACE_S
from offline_ci.sandbox.worker_process import ForkedProcess, WorkerProcess

_START_TIMEOUT_S = 120.0
_FILE_TIMEOUT_S = 300.0
_KILL_MARGIN_S = 5.0
"""How long after the trap was due the worker itself is killed."""


class _KillTimer:
    """Kills a process that does not answer in time; entered around a request.

    Attributes:
        expired: it did.
    """

    def __init__(self, process: WorkerProcess, timeout_s: float) -> None:
        self._process = process
        self._left_s = timeout_s
        self.expired = False

    def __enter__(self) -> Self:
        self._begin = time.monotonic()
        # Weakly: a Ctrl-C may come before anybody can cancel it, and then it must not keep the process alive.
        self._timer = threading.Timer(self._left_s, _expire, [weakref.ref(self)])
        self._timer.daemon = True
        try:
            self._timer.start()
        except BaseException:
            self._timer.cancel()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._left_s -= time.monotonic() - self._begin

    def expire(self) -> None:
        """The time is over."""
        self.expired = True
        self._process.kill()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that passes in this block does not count: a person is thinking."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


def _expire(timer: weakref.ref[_KillTimer]) -> None:
    if (alive := timer()) is not None:
        alive.expire()


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
            reply, _ = self._request({"op": "start", "options": asdict(self._options)}, timeout_s=_START_TIMEOUT_S)
            for name, reader in self._grants.items():
                self._request({"op": "grant", "name": name, "size": reader.size})
        except BaseException:
            self._stop()
            raise
        self.guest_start_s = float(reply["start_s"])
        self.walls = [str(wall) for wall in reply["walls"]]
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
        self._request({"op": "reset"}, timeout_s=_START_TIMEOUT_S)

    # --- requests

    def _request(
        self,
        header: dict[str, Any],
        body: bytes = b"",
        *,
        timeout_s: float = _FILE_TIMEOUT_S,
        on_output: OnOutput | None = None,
        on_input: OnInput | None = None,
    ) -> tuple[dict[str, Any], bytes]:
        if self._broken:
            self._restart()
        header["forget"], self._forgotten = self._forgotten, []
        with _KillTimer(self._process, timeout_s) as timer:
            try:
                self._channel.send(header, body)
                reply, data = self._await_reply(timer, on_output, on_input, is_cell=header["op"] == "run")
            except (EOFError, WorkerCrashedError) as exc:
                raise self._crash(exc, expired=timer.expired) from exc
            except BaseException:
                # A callback of the caller raised in the middle of a cell: the worker cannot be talked to any more.
                self._broken = True
                self._process.kill()
                raise
        if "failed" in reply:
            raise _error(reply)
        return reply, data

    def _await_reply(
        self, timer: _KillTimer, on_output: OnOutput | None, on_input: OnInput | None, *, is_cell: bool
    ) -> tuple[dict[str, Any], bytes]:
        interrupted = False
        while True:
            try:
                header, body = self._channel.receive()
            except KeyboardInterrupt:
                # Ctrl-C is for the cell, whose result then says "interrupted"; a second one is for us, and so is
                # one while the worker starts or moves files, which has no result that could tell.
                if interrupted or not is_cell:
                    raise
                interrupted = True
                self.interrupt()
                continue
            if "output" in header:
                if on_output is not None:
                    on_output(header["output"])
            elif header.get("ask") == "read":
                self._channel.send({"op": "answer"}, self._read_grant(header))
            elif header.get("ask") == "input" and on_input is not None:
                with timer.paused():
                    text = on_input(str(header.get("prompt")))
                self._channel.send({"op": "answer", "text": text})
            elif header.get("done") is True:
                return header, body
            else:
                raise WorkerCrashedError("The sandbox's process sent a message that makes no sense.")

    def _read_grant(self, question: dict[str, Any]) -> bytes:
        reader, offset, n = self._grants.get(str(question.get("name"))), question.get("offset"), question.get("n")
        if (
            reader is None
            or not isinstance(offset, int)
            or not isinstance(n, int)
            or offset < 0
            or not 0 < n <= 1 << 24
        ):
            raise WorkerCrashedError("The sandbox's process asked for a file that was not granted.")
        return reader.read_at(offset, n)

    def _crash(self, exc: BaseException, *, expired: bool) -> WorkerCrashedError:
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
        request = {"op": "run", "code": code, "time_s": time_s, "input": on_input is not None}
        try:
            reply, _ = self._request(
                request, timeout_s=time_s + GRACE_S + _KILL_MARGIN_S, on_output=on_output, on_input=on_input
            )
        except WorkerCrashedError as exc:
            if not exc.expired:
                self._restart()
                raise
            self._restart()
            elapsed = time.perf_counter() - begin
            limit = LimitHit("time_s", time_s, elapsed)
            return ExecutionResult("time_limit", limit=limit, state_lost=True, elapsed_s=elapsed)
        return _result(reply["result"])

    def _restart(self) -> None:
        self._stop()
        self._broken = False
        self._start()

    def interrupt(self) -> None:
        """See ``Backend.interrupt``."""
        with suppress(WorkerCrashedError):
            self._channel.send({"op": "interrupt"})

    def checkpoint(self, number: int) -> None:
        """See ``Backend.checkpoint``."""
        self._request({"op": "checkpoint", "number": number})

    def restore(self, number: int) -> None:
        """See ``Backend.restore``."""
        self._request({"op": "restore", "number": number})

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
        launched = meet(self._ask_to_fork, self._process.control_fd, self._process.stderr_fd)
        process, channel = ForkedProcess(launched), _channel(launched)
        try:
            channel.receive()
        except BaseException:
            channel.close()
            process.close()
            raise
        connection = Connection(process, channel, time.perf_counter() - begin)
        return ProcessBackend(self._options, connection, self._grants)

    def _ask_to_fork(self) -> int:
        return int(self._request({"op": "fork"})[0]["pid"])

    def _fork_by_file(self) -> ProcessBackend:
        with tempfile.TemporaryDirectory(prefix="offline-ci-") as folder:
            path = Path(folder) / "session"
            write_chunks(path, self.save())
            return ProcessBackend(replace(self._options, session=str(path)), grants=self._grants)

    def save(self) -> Iterator[bytes]:
        """See ``Backend.save``."""
        piece = self._request({"op": "save"})[1]
        while piece:
            yield piece
            piece = self._request({"op": "save_on"})[1]

    def write_file(self, path: str, data: bytes) -> None:
        """See ``Backend.write_file``."""
        self._request({"op": "write_file", "path": path}, data)

    def read_file(self, path: str) -> bytes:
        """See ``Backend.read_file``."""
        return self._request({"op": "read_file", "path": path})[1]

    def list_files(self) -> list[GuestFile]:
        """See ``Backend.list_files``."""
        return [GuestFile(**file) for file in self._request({"op": "list_files"})[0]["files"]]

    def remove_file(self, path: str) -> None:
        """See ``Backend.remove_file``."""
        self._request({"op": "remove_file", "path": path})

    def grant(self, name: str, reader: Reader) -> None:
        """See ``Backend.grant``."""
        self._request({"op": "grant", "name": name, "size": reader.size})
        self._grants[name] = reader


def _channel(launched: Launched) -> Channel:
    return Channel(os.fdopen(launched.take("replies"), "rb"), os.fdopen(launched.take("requests"), "wb"))


def _error(header: dict[str, Any]) -> OfflineCIError:
    name, message, hint = header["failed"], str(header.get("message")), header.get("hint")
    cls: Callable[..., OfflineCIError] = getattr(errors, str(name), OfflineCIError)
    if not (isinstance(cls, type) and issubclass(cls, OfflineCIError)):
        cls = OfflineCIError
    return cls(message, hint=str(hint) if hint else None)


def _result(document: dict[str, Any]) -> ExecutionResult:
    fields = dict(document)
    fields["error"] = GuestError(**fields["error"]) if fields["error"] else None
    fields["limit"] = LimitHit(**fields["limit"]) if fields["limit"] else None
    fields["files"] = [GuestFile(**file) for file in fields["files"]]
    return ExecutionResult(**fields)
