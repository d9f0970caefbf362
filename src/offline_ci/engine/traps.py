"""Where wasmtime's failures become ours: one place for two unrelated classes, traps and errors."""

from __future__ import annotations

import threading

from wasmtime import TrapCode

from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.engine import _capi
from offline_ci.errors import HostInvariantError

_KINDS = {
    TrapCode.STACK_OVERFLOW.value: ("stack", "the call stack is exhausted"),
    TrapCode.MEMORY_OUT_OF_BOUNDS.value: ("memory", "memory was accessed out of bounds"),
    TrapCode.UNREACHABLE.value: ("abort", "the program aborted"),
    TrapCode.TABLE_OUT_OF_BOUNDS.value: ("other", "a function pointer is out of bounds"),
    TrapCode.INDIRECT_CALL_TO_NULL.value: ("other", "a null function pointer was called"),
    TrapCode.BAD_SIGNATURE.value: ("other", "a function pointer of another type was called"),
}


class _Current(threading.local):
    """Per thread: whose host answers, and the exception on its way out of a host function."""

    host: object = None
    pending: BaseException | None = None


CURRENT = _Current()


def fail(exc: BaseException) -> int:
    """Called in a host function: keep the exception, give wasmtime a trap to unwind with."""
    if CURRENT.pending is None:
        CURRENT.pending = exc
    return int(_capi.trap_new(b"host", 4))


def raise_failure(error: int | None, trap: int | None, stopped: BaseException | None = None) -> None:
    """Raise what a call ended with; both pointers are consumed.

    Args:
        error: wasmtime's error.
        trap: its trap.
        stopped: why the guest's gate was closed; a fault in memory is taken for the poll that found it so.

    Raises:
        GuestExit, GuestTrap: the guest's doing.
        HostInvariantError: a host function raised anything else.
    """
    pending, CURRENT.pending = CURRENT.pending, None
    code, text = _capi.take_trap(trap) if trap else (None, _capi.take_error(error or 0))
    if stopped is not None and code == TrapCode.MEMORY_OUT_OF_BOUNDS.value:
        pending = pending or stopped
    if pending is not None:
        if isinstance(pending, (GuestExit, GuestTrap, HostInvariantError)):  # of a call within this one
            raise pending
        # The guest called itself through us: its doing. ctypes tells it in the text of its own ArgumentError.
        if isinstance(pending, RecursionError) or "RecursionError" in str(pending):
            raise GuestTrap("stack", "host functions called each other too deep") from pending
        raise HostInvariantError(
            f"A host function failed: {type(pending).__name__}: {pending}", hint="Please report this."
        ) from pending
    kind, message = (
        _KINDS.get(code, ("other", text.splitlines()[0] if text else "trap"))
        if code is not None
        else (
            "other",
            text.splitlines()[-1] if text else "trap",
        )
    )
    raise GuestTrap(kind, message)
