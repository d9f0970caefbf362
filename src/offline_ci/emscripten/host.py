"""The host of one guest: everything that host functions work on."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple, NoReturn

from offline_ci.emscripten.clock import Clock, SpinSleeper
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.memory import CheckedMemory
from offline_ci.emscripten.ports import WASM_PAGE_BYTES, GuestPtr
from offline_ci.emscripten.random import Entropy
from offline_ci.emscripten.registry import Registry
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.emscripten.vfs.filesystem import FileSystem
from offline_ci.errors import HostInvariantError

if TYPE_CHECKING:
    from offline_ci.emscripten.ldso.loader import DynamicLinker
    from offline_ci.emscripten.ldso.state import ClosureState
    from offline_ci.emscripten.ports import FuncRef, LinkableInstance
    from offline_ci.emscripten.syscalls.mmap import MemoryMapping

HEAP_MAX_BYTES = (1 << 32) - (1 << 16)
"""One page short of 4 GiB, so that a heap's size fits 32 bits. Source: emscripten 5.0.3 libcore.js ``getHeapMax``."""


class SignalPtrs(NamedTuple):
    """Where CPython's build for Emscripten keeps whether and when it asks the host for signals.

    Source: CPython 3.14 ``Python/emscripten_signal.c``. While ``handling`` is set it asks at each ``str()`` and at each
    50th turn of the interpreter's loop, which made code that formats text four times slower; so it is set only while
    there is a signal to be found.

    Attributes:
        handling: address of ``Py_EMSCRIPTEN_SIGNAL_HANDLING``.
        clock: address of ``_Py_emscripten_signal_clock``: turns until it asks.
    """

    handling: GuestPtr
    clock: GuestPtr


class Host:
    """What host functions get as their first argument.

    Build it, instantiate the main module with it, then ``attach`` the instance before anything in it is called.

    Args:
        fs: the guest's files.
        clock: its clocks.
        entropy: its random numbers.
        environ: its environment variables; names and values must not contain NUL.
        program: its ``argv[0]``.
        heap_max_bytes: what its heap may grow to; whole pages of it count.
        sleep: waits that many seconds for the guest; may return early when a signal was raised, and may raise
            ``GuestTrap`` to stop the guest.
        log: gets messages of the C library that have no other place, without a newline.

    Attributes:
        functions: what a host of this class can be asked for.
        memory: the guest's memory, once attached.
        instance: the main module's instance, once attached.
        make_linker: makes its dynamic linker, set by whoever attaches the instance.
        memory_refused: ``(limit, asked)`` in bytes, when the heap last could not grow; None when it always could.
        mappings: files mapped into memory, by address.
        closures: libffi's closures, by table entry.
        closure_functions: what their table entries hold, by entry and signature; as long as the instance lives.
        free_closures: table entries of closures that were freed.
        signal_ptrs: set by whoever boots CPython; without them the guest asks for signals when it likes.
    """

    functions: ClassVar[Registry] = HOST_FUNCTIONS
    memory: CheckedMemory
    instance: LinkableInstance
    make_linker: Callable[[], DynamicLinker]

    def __init__(
        self,
        *,
        fs: FileSystem,
        clock: Clock,
        entropy: Entropy,
        environ: Mapping[str, str] | None = None,
        program: str = "python",
        heap_max_bytes: int = HEAP_MAX_BYTES,
        sleep: Callable[[float], None] = time.sleep,
        log: Callable[[str], None] | None = None,
    ) -> None:
        self.fs = fs
        self.clock = clock
        self.entropy = entropy
        self.environ = [_environment_string(name, value) for name, value in (environ or {}).items()]
        self.program = program
        self.heap_max_bytes = min(heap_max_bytes, HEAP_MAX_BYTES) // WASM_PAGE_BYTES * WASM_PAGE_BYTES
        self.sleep = sleep
        self.log = log or (lambda _message: None)
        self.memory_refused: tuple[int, int] | None = None
        self.mappings: dict[int, MemoryMapping] = {}
        self.closures: dict[int, ClosureState] = {}
        self.closure_functions: dict[tuple[int, str], FuncRef] = {}
        self.free_closures: list[int] = []
        self.signal_ptrs: SignalPtrs | None = None
        self.sleeper = SpinSleeper(sleep, self.has_signal)
        self._signal = 0
        self._signal_lock = threading.Lock()

    def attach(self, instance: LinkableInstance) -> None:
        """Work on this instance and its memory."""
        self.instance = instance
        self.memory = CheckedMemory(instance.memory)

    @functools.cached_property
    def linker(self) -> DynamicLinker:
        """Its dynamic linker, made when it is first needed: most guests that come from an image never do."""
        return self.make_linker()

    @property
    def has_linker(self) -> bool:
        """Whether ``linker`` was needed."""
        return "linker" in self.__dict__

    # --- signals

    def raise_signal(self, number: int) -> None:
        """Let the guest's interpreter see a signal at once (2: KeyboardInterrupt), or forget it (0).

        From any thread, as long as the instance lives.
        """
        with self._signal_lock:
            self._set_signal(number)

    def _set_signal(self, number: int) -> None:
        if number != self._signal:
            self._signal = number
            if self.signal_ptrs is not None:
                self.memory.write_u32(self.signal_ptrs.handling, number != 0)
                self.memory.write_u32(self.signal_ptrs.clock, 0)

    def has_signal(self) -> bool:
        """Whether a signal waits to be taken."""
        return self._signal != 0

    def take_signal(self) -> int:
        """The waiting signal, 0 for none; it is forgotten."""
        with self._signal_lock:
            number = self._signal
            self._set_signal(0)
        return number

    # --- refusals

    def refuse(self, what: str) -> NoReturn:
        """Stop the guest: it called what this host does not have.

        Raises:
            GuestTrap: always, of kind ``host``.
        """
        raise GuestTrap("host", f"{what} is not available in the sandbox")


def _environment_string(name: str, value: str) -> bytes:
    if not name or "=" in name or "\0" in name + value:
        raise HostInvariantError(f"The environment variable {name!r} cannot be given to the guest.")
    return f"{name}={value}".encode("utf-8", "surrogateescape") + b"\0"
