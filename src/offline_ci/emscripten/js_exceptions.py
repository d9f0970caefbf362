"""C++ exceptions of programs built with Emscripten's JavaScript-style exception handling.

CPython's build uses WebAssembly's own exceptions and never comes here; Binaryen's tools are built the old way: the
host keeps the exception in flight, and ``invoke_*`` functions, which the engine supplies, catch it around every call
that may throw. The C++ runtime inside the module keeps the reference counts and knows the class hierarchy.

Source: emscripten ``src/lib/libexceptions.js``; the header's layout from ``system/lib/libcxxabi/src/cxa_exception.h``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from offline_ci.emscripten.registry import Convention, Handler, HostFunction, Support
from offline_ci.emscripten.unwind import GuestTrap

if TYPE_CHECKING:
    from offline_ci.emscripten.memory import CheckedMemory
    from offline_ci.emscripten.ports import GuestInstance, GuestPtr

_HEADER_BYTES = 24
_TYPE, _DESTRUCTOR, _CAUGHT, _RETHROWN, _ADJUSTED = 4, 8, 12, 13, 16


class JsExceptions:
    """The exceptions of one instance.

    Args:
        instance: exports ``__cxa_can_catch``, ``__cxa_get_exception_ptr``, ``__cxa_increment_exception_refcount``,
            ``__cxa_decrement_exception_refcount``, ``setThrew`` and ``_emscripten_tempret_set``.
        memory: its memory.
    """

    def __init__(self, instance: GuestInstance, memory: CheckedMemory) -> None:
        self._instance = instance
        self._memory = memory
        self._in_flight: GuestPtr = 0
        self._caught: list[GuestPtr] = []
        self._n_uncaught = 0

    def throw(self, pointer: GuestPtr, type_info: int, destructor: int) -> None:
        """Note a thrown object; the caller unwinds."""
        header = pointer - _HEADER_BYTES
        self._memory.write_u32(header + _ADJUSTED, 0)
        self._memory.write_u32(header + _TYPE, type_info)
        self._memory.write_u32(header + _DESTRUCTOR, destructor)
        self._instance.call("__cxa_increment_exception_refcount", pointer)
        self._in_flight = pointer
        self._n_uncaught += 1

    def rethrow(self) -> None:
        """Note that the innermost caught exception flies again; the caller unwinds.

        Raises:
            GuestTrap: none is caught; C++ calls std::terminate then.
        """
        if not self._caught:
            raise GuestTrap("abort", "no exception to throw")
        pointer = self._caught[-1]
        self._memory.write_u8(pointer - _HEADER_BYTES + _RETHROWN, 1)
        self._memory.write_u8(pointer - _HEADER_BYTES + _CAUGHT, 0)
        self._instance.call("__cxa_increment_exception_refcount", pointer)
        self._in_flight = pointer
        self._n_uncaught += 1

    def resume(self, pointer: GuestPtr) -> None:
        """Note that a clean-up is over and the exception flies on; the caller unwinds."""
        self._in_flight = self._in_flight or pointer

    def begin_catch(self, pointer: GuestPtr) -> GuestPtr:
        """Enter a handler; the address of the object as the handler sees it."""
        header = pointer - _HEADER_BYTES
        if not self._memory.read_u8(header + _CAUGHT):
            self._memory.write_u8(header + _CAUGHT, 1)
            self._n_uncaught -= 1
        self._memory.write_u8(header + _RETHROWN, 0)
        self._caught.append(pointer)
        return self._instance.call("__cxa_get_exception_ptr", pointer)

    def end_catch(self) -> None:
        """Leave the innermost handler.

        Raises:
            GuestTrap: there is none.
        """
        if not self._caught:
            raise GuestTrap("abort", "no exception to end")
        self._instance.call("setThrew", 0, 0)
        self._instance.call("__cxa_decrement_exception_refcount", self._caught.pop())
        self._in_flight = 0

    def find_matching_catch(self, *type_infos: int) -> GuestPtr:
        """The exception in flight; the handler's type goes to the guest's second result register.

        Args:
            type_infos: what the handlers catch, in order; 0 catches everything.
        """
        thrown = self._in_flight
        caught = self._memory.read_u32(thrown - _HEADER_BYTES + _TYPE) if thrown else 0
        if thrown:
            place = thrown - _HEADER_BYTES + _ADJUSTED
            self._memory.write_u32(place, thrown)
            for type_info in type_infos if caught else ():
                if type_info in {0, caught}:
                    break
                if self._instance.call("__cxa_can_catch", type_info, caught, place):
                    caught = type_info
                    break
        self._instance.call("_emscripten_tempret_set", caught)
        return thrown

    def n_uncaught(self) -> int:
        """How many exceptions are in flight."""
        return self._n_uncaught


class _Host(Protocol):
    exceptions: JsExceptions


_MATCHING_CATCH = "__cxa_find_matching_catch_"
_FUNCTIONS: dict[str, tuple[str, Handler]] = {
    "__cxa_throw": ("vppp", lambda host, *args: host.exceptions.throw(*args)),
    "__cxa_rethrow": ("v", lambda host: host.exceptions.rethrow()),
    "__resumeException": ("vp", lambda host, pointer: host.exceptions.resume(pointer)),
    "__cxa_begin_catch": ("pp", lambda host, pointer: host.exceptions.begin_catch(pointer)),
    "__cxa_end_catch": ("v", lambda host: host.exceptions.end_catch()),
    "__cxa_uncaught_exceptions": ("i", lambda host: host.exceptions.n_uncaught()),
    "llvm_eh_typeid_for": ("pp", lambda _host, type_info: type_info),
}
THROWING = frozenset({"__cxa_throw", "__cxa_rethrow", "__resumeException"})
"""After these the engine unwinds; they only take note."""


def find_exception_function(name: str) -> HostFunction | None:
    """The host function of that name; its host has an attribute ``exceptions``, a ``JsExceptions``."""
    signature, handler = _FUNCTIONS.get(name, ("", None))
    if name.startswith(_MATCHING_CATCH) and name.removeprefix(_MATCHING_CATCH).isdecimal():
        # One for each number of handlers; the two are the landing pad's own and are not passed.
        signature = "p" * (int(name.removeprefix(_MATCHING_CATCH)) - 1)
        handler = _find_matching_catch
    if handler is None:
        return None
    return HostFunction("env", name, signature, Convention.PLAIN, Support.FULL, "", handler)


def _find_matching_catch(host: _Host, *type_infos: int) -> int:
    return host.exceptions.find_matching_catch(*type_infos)
