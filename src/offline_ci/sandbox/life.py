"""A guest's life: started, captured, discarded, and started again from what was captured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offline_ci.emscripten.checkpoint import capture_host, restore_host
from offline_ci.emscripten.host import Host
from offline_ci.engine.instance import MainInstance
from offline_ci.pyodide.boot import GuestPython, boot_python
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.sandbox.guest_host import GuestHost
from offline_ci.snapshot.base import Base
from offline_ci.snapshot.capture import capture_link
from offline_ci.snapshot.pages import GuestPages, PageStore
from offline_ci.snapshot.restore import restore_python
from offline_ci.snapshot.state import Entries, GuestState, PythonState

_INSTALL = ("offline_ci_guest.cell", "install")
_RUN = ("offline_ci_guest.cell", "run")
_RENEW = ("offline_ci_guest.fresh", "renew")


@dataclass(frozen=True, slots=True)
class _Interpreter:
    python: GuestPython
    entries: Entries
    pages: GuestPages


class GuestLife:
    """One interpreter after the other, with the same files unless it goes back to earlier ones.

    Args:
        runtime: what to run.
        base: what interpreters start from.
        guest: the host's side.
        store: holds the pages of all states.
        memory_bytes: limit of linear memory.
        on_tick: see ``MainInstance``.
    """

    def __init__(
        self,
        runtime: InstalledRuntime,
        base: Base,
        guest: GuestHost,
        store: PageStore,
        *,
        memory_bytes: int,
        on_tick: Callable[[], None],
    ) -> None:
        self._runtime = runtime
        self._base = base
        self._guest = guest
        self._memory_bytes = memory_bytes
        self._on_tick = on_tick
        self._store = store
        self._interpreter: _Interpreter | None = None
        self._state: GuestState | None = None
        """What the next interpreter starts from; None for a fresh one."""
        self._is_current = True
        """Whether ``_state`` still says what the living interpreter is."""
        self._are_files_current = False
        """Whether it says what the files are, too."""

    def run_cell(self) -> int | None:
        """Let the guest take its next request; what its runner returned, None where it failed itself.

        Raises:
            GuestExit, GuestTrap: the instance cannot be used again; ``go_back``.
        """
        interpreter = self.start()
        self._is_current = self._are_files_current = False
        with interpreter.python.instance.enter():
            return interpreter.python.capi.call_returning_int(interpreter.entries.run, tell=False)

    def start(self) -> _Interpreter:
        """Have a living interpreter."""
        if self._interpreter is None:
            host = self._guest.new_host()
            instance = self._base.instantiate(host, memory_bytes=self._memory_bytes, on_tick=self._on_tick)
            try:
                self._interpreter = self._start(instance, host)
            except BaseException:
                instance.close()
                raise
        return self._interpreter

    def _start(self, instance: MainInstance, host: Host) -> _Interpreter:
        pages = self._store.track(instance.memory.address, host.memory.size)
        fresh, state = self._base.fresh, self._state
        if state is not None and state.python is None:
            self._guest.rewind()
        if state is not None and state.python is not None:
            link, entries = state.python.link, state.python.entries
            python = restore_python(instance, self._base, host, link, pages, state.python.pages)
        elif fresh is not None:
            entries = fresh.entries
            python = restore_python(instance, self._base, host, fresh.link, pages)
            restore_host(host, fresh.host)
            python.capi.call("PyObject_CallNoArgs", entries.renew)
        else:
            python = boot_python(self._runtime, instance, host)
            capi = python.capi
            capi.call("PyObject_CallNoArgs", capi.import_attribute(*_INSTALL))
            entries = Entries(capi.import_attribute(*_RUN), capi.import_attribute(*_RENEW))
        if state is not None:
            # last: a fresh start draws from the clock and the entropy, which are to be as they were
            restore_host(host, state.host, self._guest.grants)
        return _Interpreter(python, entries, pages)

    def capture(self) -> GuestState:
        """The present state; its cost is what has changed since the last time."""
        if self._interpreter is not None and self._state is not None and self._is_current and self._are_files_current:
            return self._state
        interpreter = self.start()
        host = capture_host(self._guest.host)
        if self._is_current:
            python = self._state.python if self._state else None
        else:
            python = PythonState(
                link=capture_link(interpreter.python, self._guest.host, self._base.link),
                entries=interpreter.entries,
                pages=interpreter.pages.checkpoint(self._guest.host.memory.size),
            )
        self._state, self._is_current, self._are_files_current = GuestState(host, python), True, True
        return self._state

    def files_changed(self) -> None:
        """Somebody else than the guest has changed its files."""
        self._are_files_current = False

    def go_back(self, state: GuestState) -> None:
        """Be in a state that was captured before."""
        self.discard()
        self._state, self._is_current, self._are_files_current = state, True, False
        self.start()

    def discard(self) -> None:
        """Free the interpreter."""
        if self._interpreter is not None:
            self._interpreter.python.close()
            self._interpreter = None
