"""One guest in this process: its files, its interpreter, and what becomes of a cell.

Runs on a thread with ``engine.config.THREAD_STACK_BYTES`` of stack. A cell is a transaction: its beginning is captured,
and where it runs out of time or memory, or loses its instance to a trap or ``os._exit``, the session goes back there.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from offline_ci.emscripten.abi.errno import Errno
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.errors import HostInvariantError, UsageError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.installed import InstalledRuntime, shared_runtime
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.files import MOUNT
from offline_ci.sandbox.guest_host import GuestHost
from offline_ci.sandbox.life import GuestLife
from offline_ci.sandbox.outputs import OutputCollector
from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit, OnInput, OnOutput, Status
from offline_ci.sandbox.session_state import SessionState, load_session, session_pieces
from offline_ci.sandbox.watch import Watch
from offline_ci.snapshot.images import find_base
from offline_ci.snapshot.pages import PageStore
from offline_ci.snapshot.pages_choice import new_store
from offline_ci.snapshot.state import GuestState

_STATUS: dict[int | None, Status] = {0: "ok", 1: "error", 2: "exit"}
_UNDONE: frozenset[Status] = frozenset({"time_limit", "memory_limit", "trap"})
"""A cell that ends like this leaves no trace."""


@dataclass(frozen=True, slots=True)
class _End:
    """How the call into the guest ended.

    Attributes:
        status: what the guest's runner says.
        trap: what stopped it instead.
        exit_code: of ``os._exit``.
        elapsed_s: seconds it took.
        did_runner_fail: the runner itself raised.
    """

    status: Status
    trap: GuestTrap | None
    exit_code: int | None
    elapsed_s: float
    did_runner_fail: bool

    @property
    def is_instance_lost(self) -> bool:
        """After a trap or an exit the instance cannot be used again."""
        return self.trap is not None or self.exit_code is not None


class GuestSession:
    """Implements ``Backend`` in this process, on the calling thread.

    Args:
        options: limits, seed, clock.
        runtime: the built runtime; None for the installed one.
        state: what to go on from; None for a fresh guest.
    """

    def __init__(
        self, options: SandboxOptions, runtime: InstalledRuntime | None = None, state: SessionState | None = None
    ) -> None:
        begin = time.perf_counter()
        self._limits = ResourceLimits(**options.limits)
        self._options = options
        self._runtime = runtime or shared_runtime()
        if state is None and options.session is not None:
            state = load_session(self._runtime, Path(options.session), self._limits)
        self._base = state.base if state else find_base(self._runtime, options.image, self._limits.memory_bytes)
        self._watch = Watch()
        self._outputs: OutputCollector | None = None
        self._on_input: OnInput | None = None
        self._store: PageStore = state.store if state else new_store()
        self._kept: dict[int, GuestState] = {}
        self._cells = state.cells if state else 0
        self._begin()
        if state is not None:
            for name, reader in state.grants.items():
                self._guest.grant(name, reader)
            self._life.go_back(state.guest)
        self._life.start()
        self.start_s = time.perf_counter() - begin

    def _begin(self) -> None:
        self._guest = GuestHost(
            self._runtime,
            self._limits,
            self._watch,
            seed=self._options.seed,
            epoch=self._options.epoch,
            on_write=self._on_write,
            on_message=self._on_message,
            on_input=self._read_input,
        )
        self._life = GuestLife(
            self._runtime,
            self._base,
            self._guest,
            self._store,
            memory_bytes=self._limits.memory_bytes,
            on_tick=self._on_tick,
        )

    # --- what the guest's descriptors are connected to

    def _on_write(self, fd: int, data: bytes) -> None:
        if self._outputs is not None:
            self._outputs.write(fd, data)

    def _on_message(self, data: bytes) -> None:
        if self._outputs is not None:
            self._outputs.message(data)

    def _read_input(self) -> bytes | None:
        if self._on_input is None or self._outputs is None:
            return None
        self._outputs.flush()
        try:
            with self._watch.waiting():
                line = self._on_input("")
        except BaseException as exc:  # noqa: BLE001 - we are inside a host function; raised when the cell is over
            self._outputs.failure = exc
            self._watch.request("interrupted")
            return None
        return (line + "\n").encode("utf-8", "surrogateescape")

    def _on_tick(self) -> None:
        outputs = self._outputs
        if outputs is not None:
            outputs.tick()
        self._watch.tick()

    # --- life

    def reset(self) -> None:
        """See ``Backend.reset``."""
        grants = self._guest.grants
        self._life.discard()
        self._begin()
        self._life.start()
        # only now: an image brings its own files, in place of all that was there
        for name, reader in grants.items():
            self._guest.grant(name, reader)
        self._cells = 0

    def close(self) -> None:
        """See ``Backend.close``."""
        self._life.discard()
        self._kept.clear()

    def settle(self) -> None:
        """Do in idle time what the next cell would have to do first."""
        self._life.capture()

    # --- states

    def checkpoint(self, number: int) -> None:
        """See ``Backend.checkpoint``."""
        self._kept[number] = self._life.capture()

    def restore(self, number: int) -> None:
        """See ``Backend.restore``."""
        state = self._kept.get(number)
        if state is None:
            raise UsageError(
                "The checkpoint is gone: the sandbox's process died after it was taken.", hint="Take a new one."
            )
        self._life.go_back(state)

    def forget(self, number: int) -> None:
        """See ``Backend.forget``; on the guest's thread here."""
        self._kept.pop(number, None)

    def save(self) -> Iterator[bytes]:
        """See ``Backend.save``."""
        return session_pieces(self.fork(), self._runtime, self._limits)

    def fork_process(self) -> int:
        """Fork this process, see ``os.fork``; the session goes on in both."""
        self._life.capture()
        self._store.part()
        pid = os.fork()
        if pid == 0:
            self._store.part()
        return pid

    def fork(self) -> SessionState:
        """What another session in this process goes on from."""
        return SessionState(self._base, self._life.capture(), self._store, dict(self._guest.grants), self._cells)

    def interrupt(self) -> None:
        """See ``Backend.interrupt``; from any thread."""
        self._watch.request("interrupted")

    # --- cells

    def run(self, code: str, time_s: float, on_output: OnOutput | None, on_input: OnInput | None) -> ExecutionResult:
        """See ``Backend.run``."""
        beginning = self._life.capture()
        self._cells += 1
        outputs = OutputCollector(
            self._limits.output_bytes, on_output, lambda _used: self._watch.request("output_limit")
        )
        self._outputs, self._on_input = outputs, on_input
        try:
            end = self._execute(code, time_s)
            is_renewed = is_guilty = False
            if end.did_runner_fail and outputs.is_empty and self._guest.can_tell:
                self._undo(beginning, keep_files=False)
                is_renewed = self._execute("", time_s).did_runner_fail
                is_guilty = not is_renewed
            if is_renewed:
                outputs.write(2, _BROKEN)
                self._renew()
                beginning = self._life.capture()
                end = self._execute(code, time_s)
        except HostInvariantError:  # our mistake; the instance is in no known state
            self._undo(beginning, keep_files=False)
            raise
        finally:
            self._outputs = self._on_input = None
        status, limit = self._judge(end, outputs, time_s)
        is_undone = end.is_instance_lost or status in _UNDONE or is_guilty
        if is_undone:
            self._undo(beginning, keep_files=end.exit_code is not None)
        if status == "error" and outputs.error is None:
            reason = _GUILTY if is_guilty else _NOT_TOLD
            outputs.error = GuestError("RuntimeError", reason, [reason])
        result = self._result(end, outputs, status, limit, is_undone=is_undone)
        if is_renewed:
            result = replace(result, state_lost=True)
        if outputs.failure is not None:
            raise outputs.failure
        return result

    def _undo(self, beginning: GuestState, *, keep_files: bool) -> None:
        """Go back; what a program wrote before it chose to end stays."""
        changed = self._guest.changed_files() if keep_files else []
        written = [(file.path, self._guest.read_file(file.path)) for file in changed]
        self._life.go_back(beginning)
        for path, data in written:
            self._guest.write_file(path, data)

    def _renew(self) -> None:
        """A fresh Python with the files that are there, since an earlier cell broke the one that was."""
        files = [(file.path, self._guest.read_file(file.path)) for file in self._guest.written_files()]
        cells = self._cells
        self.reset()
        self._cells = cells
        for path, data in files:
            self._guest.write_file(path, data)

    def _execute(self, code: str, time_s: float) -> _End:
        self._guest.push_request(_request(code, f"<cell {self._cells}>"))
        self._guest.begin_cell()
        begin = time.perf_counter()
        self._watch.start(time_s)
        status: Status = "error"
        trap: GuestTrap | None = None
        exit_code: int | None = None
        returned: int | None = 0
        try:
            returned = self._life.run_cell()
            status = _STATUS.get(returned, "error")
        except GuestTrap as exc:
            trap = exc
        except GuestExit as exc:
            exit_code = exc.code
        finally:
            self._watch.stop()
        return _End(status, trap, exit_code, time.perf_counter() - begin, did_runner_fail=returned is None)

    def _result(
        self, end: _End, outputs: OutputCollector, status: Status, limit: LimitHit | None, *, is_undone: bool
    ) -> ExecutionResult:
        # What the program made of the output limit depends on when the watch looked.
        error = outputs.error if status not in {"ok", "exit", "output_limit"} else None
        if status == "trap" and end.trap is not None:
            message = end.trap.message
            error = GuestError("Trap", message, [f"The sandbox stopped the program: {message}."])
        if error is not None:
            outputs.add_error(error)
        outputs.finish()
        return ExecutionResult(
            status=status,
            stdout=outputs.stream_text("stdout"),
            stderr=outputs.stream_text("stderr"),
            result=outputs.result,
            error=error,
            outputs=outputs.outputs,
            files=self._guest.changed_files(),
            limit=limit,
            exit_code=outputs.exit_code if end.exit_code is None else end.exit_code,
            rolled_back=is_undone,
            elapsed_s=end.elapsed_s,
        )

    def _judge(self, end: _End, outputs: OutputCollector, time_s: float) -> tuple[Status, LimitHit | None]:
        """What a cell's end means: a limit explains an exception or a trap better than the exception does."""
        reason = self._watch.reason
        if reason == "time_limit":
            return "time_limit", LimitHit("time_s", time_s, end.elapsed_s)
        if reason == "output_limit" or outputs.is_over:  # the cell may have ended before the watch looked
            return "output_limit", LimitHit("output_bytes", self._limits.output_bytes, outputs.asked_bytes)
        if reason == "interrupted":
            return "interrupted", None
        if end.exit_code is not None:
            return "exit", None
        failed = end.trap is not None or end.status == "error"
        memory_refused, disk_refused = self._guest.memory_refused, self._guest.disk_refused
        is_memory = _is(outputs.error, "MemoryError") or outputs.errno == Errno.ENOMEM
        if failed and memory_refused and (end.trap is not None or is_memory):
            return "memory_limit", LimitHit("memory_bytes", self._limits.memory_bytes, memory_refused)
        is_disk = outputs.errno is not None or any(_is(outputs.error, name) for name in _DISK_ERRORS)
        if failed and disk_refused is not None and is_disk:
            return "disk_limit", LimitHit(disk_refused.name, disk_refused.limit, disk_refused.asked)
        return ("trap" if end.trap is not None else end.status), None

    # --- files

    def write_file(self, path: str, data: bytes) -> None:
        """See ``Backend.write_file``."""
        self._life.files_changed()
        self._guest.write_file(path, data)

    def read_file(self, path: str) -> bytes:
        """See ``Backend.read_file``."""
        return self._guest.read_file(path)

    def list_files(self) -> list[GuestFile]:
        """See ``Backend.list_files``."""
        return self._guest.list_files()

    def remove_file(self, path: str) -> None:
        """See ``Backend.remove_file``."""
        self._life.files_changed()
        self._guest.remove_file(path)

    def grant(self, name: str, reader: Reader) -> None:
        """See ``Backend.grant``."""
        if "/" in name:
            raise UsageError(f"The input name {name!r} has a slash.", hint=f"Inputs lie directly in {MOUNT}.")
        self._life.files_changed()
        self._guest.grant(name, reader)


_DISK_ERRORS = ("OSError", "OperationalError", "DatabaseError")
"""Of libraries that do not pass the number on: numpy, sqlite3."""
_GUILTY = "The program broke Python itself, and was undone."
_BROKEN = b"An earlier program had broken Python itself: this is a new one, with the files but without the variables.\n"
_NOT_TOLD = "The program failed, and it had closed the descriptor over which its errors are told."


def _request(code: str, filename: str) -> bytes:
    # Lone surrogates survive JSON, and Python's own error for them is better than one of ours.
    return json.dumps({"code": code, "filename": filename}).encode("ascii") + b"\n"


def _is(error: GuestError | None, ename: str) -> bool:
    return error is not None and error.ename == ename
