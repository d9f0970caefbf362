"""The worker process: holds one guest and speaks frames with its parent on descriptors 0 and 1.

A thread reads frames all the time, so that an interrupt is noticed while a cell runs; the guest lives on another thread
with a stack deep enough for wasm. When the parent is gone the process ends at once.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_ci import _env
from offline_ci.artifacts.pins import ADDITIONS
from offline_ci.errors import OfflineCIError, WorkerCrashedError
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.channel import Channel
from offline_ci.sandbox.idle import take
from offline_ci.sandbox.launch import CONTROL_FD
from offline_ci.sandbox.result import Output
from offline_ci.sandbox.walls import raise_walls

if TYPE_CHECKING:
    from offline_ci.pyodide.installed import InstalledRuntime

Frame = tuple[dict[str, Any], bytes]


class RemoteReader:
    """A granted file whose descriptor the parent holds; bytes are asked for in blocks of 1 MiB."""

    BLOCK_BYTES = 1 << 20
    _CACHED_BLOCKS = 8

    def __init__(self, worker: Worker, name: str, size: int) -> None:
        self._worker = worker
        self._name = name
        self.size = size
        self._blocks: dict[int, bytes] = {}

    def read_at(self, offset: int, n: int) -> bytes:
        """See ``Reader.read_at``."""
        parts, end = [], min(offset + n, self.size)
        while offset < end:
            index, start = divmod(offset, self.BLOCK_BYTES)
            part = self._block(index)[start : start + end - offset]
            if not part:
                break
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def _block(self, index: int) -> bytes:
        block = self._blocks.pop(index, None)
        if block is None:
            question = {"ask": "read", "name": self._name, "offset": index * self.BLOCK_BYTES, "n": self.BLOCK_BYTES}
            block = self._worker.ask(question)[1]
            if len(self._blocks) >= self._CACHED_BLOCKS:
                del self._blocks[next(iter(self._blocks))]
        self._blocks[index] = block
        return block


class Worker:
    """Serves one parent."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._walls: list[str] = []
        self._requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._runtime: InstalledRuntime | None = None
        self._session: Any = None
        self._pieces: Iterator[bytes] = iter(())
        self._left_behind: list[Channel] = []
        """Of the processes that this one was forked from. Kept: their locks are held for ever, and closing asks for
        them."""

    def read_frames(self) -> None:
        """Sort incoming frames; runs on the main thread until the parent closes the connection."""
        while True:
            try:
                frame = self._channel.receive()
            except (EOFError, WorkerCrashedError):
                os._exit(0)
            if frame[0].get("op") == "interrupt":
                if self._session is not None:
                    self._session.interrupt()
            elif frame[0].get("op") == "answer":
                self._answers.put(frame)
            else:
                self._requests.put(frame)

    def ask(self, question: dict[str, Any]) -> Frame:
        """Ask the parent something in the middle of a run."""
        self._channel.send(question)
        return self._answers.get()

    def prepare(self) -> None:
        """Load what every guest needs, while the parent is still on its way; a failure comes again with ``start``."""
        from offline_ci.limits import ResourceLimits
        from offline_ci.pyodide.installed import installed_runtime
        from offline_ci.sandbox import session  # noqa: F401 - for the first request
        from offline_ci.snapshot.images import prepare

        with suppress(OfflineCIError):
            self._runtime = installed_runtime()
            prepare(self._runtime, ResourceLimits().memory_bytes)
        gc.freeze()  # what has been loaded stays: a collection need not look at it
        gc.enable()

    def confine(self, readable: Iterable[str]) -> None:
        """Give up what a guest's process does not need; no guest has lived yet, and there is but one thread."""
        ours = (
            Path(__file__).parents[1],
            _env.data_file("wasm_runtime"),
            _env.home() / "runtime",
            _env.home() / ADDITIONS,  # which runtime it is; read once more where the first attempt failed
            _env.home() / "stamps",
        )
        self._walls = raise_walls([*map(str, ours), *readable])

    def serve(self) -> None:
        """Answer requests, one by one; runs on the guest's thread."""
        while True:
            header, body = take(self._requests, self._settle)
            try:
                reply, data = self._handle(header, body)
            except OfflineCIError as exc:
                reply, data = {"failed": type(exc).__name__, "message": exc.message, "hint": exc.hint}, b""
            self._channel.send({"done": True, **reply}, data)

    def _settle(self) -> None:
        if self._session is not None:
            self._session.settle()

    def _handle(self, header: dict[str, Any], body: bytes) -> Frame:
        op = header["op"]
        if op == "start":
            from offline_ci.sandbox.session import GuestSession

            self._session = GuestSession(SandboxOptions(**header["options"]), self._runtime)
            return {"start_s": self._session.start_s, "walls": self._walls}, b""
        session = self._session
        for number in header.get("forget", ()):
            session.forget(number)
        if op == "run":
            on_input = self._input if header["input"] else None
            return {"result": asdict(session.run(header["code"], header["time_s"], self._output, on_input))}, b""
        if op == "read_file":
            return {}, session.read_file(header["path"])
        if op == "list_files":
            return {"files": [asdict(file) for file in session.list_files()]}, b""
        if op == "write_file":
            session.write_file(header["path"], body)
        elif op == "remove_file":
            session.remove_file(header["path"])
        elif op == "grant":
            session.grant(header["name"], RemoteReader(self, header["name"], header["size"]))
        elif op == "checkpoint":
            session.checkpoint(header["number"])
        elif op == "restore":
            session.restore(header["number"])
        elif op == "fork":
            return {"pid": self._fork()}, b""
        elif op == "save":
            self._pieces = session.save()
            return {}, next(self._pieces, b"")
        elif op == "save_on":
            return {}, next(self._pieces, b"")
        elif op == "reset":
            session.reset()
        return {}, b""

    def _fork(self) -> int:
        """The new process, in this one; 0 in the new one, which goes on from here with another parent's end."""
        from offline_ci.sandbox.forking import receive_ends

        requests, replies, control = receive_ends(CONTROL_FD)
        pid = int(self._session.fork_process())
        if pid:
            for fd in (requests, replies, control):
                os.close(fd)
        else:
            self._left_behind.append(self._channel)
            self._channel.abandon()
            self._channel = Channel(os.fdopen(requests, "rb"), os.fdopen(replies, "wb"))
            os.dup2(control, CONTROL_FD)
            os.close(control)
            self._requests, self._answers = queue.SimpleQueue(), queue.SimpleQueue()
            threading.Thread(target=self.read_frames, name="frames", daemon=True).start()
        return pid

    def _output(self, output: Output) -> None:
        self._channel.send({"output": output})

    def _input(self, prompt: str) -> str:
        return str(self.ask({"ask": "input", "prompt": prompt})[0]["text"])


def main() -> None:
    """Entry of the process; see ``launch``. Its arguments are files that it must be able to read."""
    gc.disable()  # until all is loaded: it would look again and again at what stays
    _close_inherited()
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks are watched by their own parent's end, not by this process
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)  # a stray print must not end up between frames
    worker = Worker(Channel(reader, writer))
    worker.prepare()  # on this thread and before the walls: it writes down what it found out about our files
    worker.confine(sys.argv[1:])
    from offline_ci.engine.threads import start_big_stack_thread

    def serve() -> None:
        try:
            worker.serve()
        except WorkerCrashedError:
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the process must not live on without its only thread of work
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(5)

    start_big_stack_thread(serve, name="guest")
    worker.read_frames()


def _close_inherited() -> None:
    """Close what the parent left open for its children: a guest that broke out must find nothing."""
    try:
        found = [int(path.name) for path in Path("/dev/fd").iterdir()]
    except OSError:  # a system without that folder
        found = list(range(os.sysconf("SC_OPEN_MAX")))
    for fd in found:
        if fd > CONTROL_FD:
            with suppress(OSError):  # the folder's own descriptor is in its list
                os.close(fd)
