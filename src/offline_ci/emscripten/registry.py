"""The one table of functions that the host offers to the guest.

Each entry tells name, wasm signature, error convention, how much of the real function is supported, and why. The engine
binds from it, ``tests/integration`` holds it against the import section of the pinned wasm, and
``docs/host-functions.md`` is generated from it.

Signatures use Emscripten's letters, result first (source: emscripten 5.0.3 ``tools/maint/gen_sig_info.py``):
``v`` nothing, ``i`` i32 signed, ``p`` i32 unsigned (pointer, size), ``j`` i64 signed, ``d`` f64, ``f`` f32,
``e`` a reference (handed over as None).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar


class Convention(Enum):
    """How an ``ErrnoError`` reaches the guest."""

    SYSCALL = "-errno"
    WASI = "+errno"
    PLAIN = "none"


class Support(Enum):
    """How much of the real function is there."""

    FULL = "full"
    PARTIAL = "partial"
    REFUSED = "refused"
    TRAP = "trap"


Handler = Callable[..., Any]
F = TypeVar("F", bound=Handler)


@dataclass(frozen=True, slots=True)
class HostFunction:
    """One function of the host.

    Attributes:
        module: import module, ``env`` or ``wasi_snapshot_preview1``.
        name: import name.
        signature: Emscripten letters, result first.
        convention: how errors are told.
        support: how much is there.
        note: what is left out, and why.
        handler: ``handler(host, *args) -> int | float | None``.
    """

    module: str
    name: str
    signature: str
    convention: Convention
    support: Support
    note: str
    handler: Handler


class Registry:
    """Host functions by name; frozen in effect, since a second definition of a name is refused."""

    def __init__(self) -> None:
        self._functions: dict[str, HostFunction] = {}

    def add(self, function: HostFunction) -> None:
        """Register; a name can be registered once."""
        if function.name in self._functions:
            raise ValueError(f"host function {function.name} is defined twice")
        self._functions[function.name] = function

    def register(
        self,
        name: str,
        signature: str,
        *,
        convention: Convention = Convention.PLAIN,
        module: str = "env",
        support: Support = Support.FULL,
        note: str = "",
    ) -> Callable[[F], F]:
        """Decorate a handler ``(host, *args)``."""

        def decorate(handler: F) -> F:
            self.add(HostFunction(module, name, signature, convention, support, note, handler))
            return handler

        return decorate

    def find(self, name: str) -> HostFunction | None:
        """The function of that import name, or None."""
        return self._functions.get(name)

    def __iter__(self) -> Iterator[HostFunction]:
        return iter(self._functions.values())

    def __len__(self) -> int:
        return len(self._functions)


REGISTRY = Registry()


def syscall(name: str, signature: str, *, support: Support = Support.FULL, note: str = "") -> Callable[[F], F]:
    """Register ``__syscall_<name>``: an ``ErrnoError`` becomes ``-errno``."""
    return REGISTRY.register(f"__syscall_{name}", signature, convention=Convention.SYSCALL, support=support, note=note)


def wasi(name: str, signature: str, *, support: Support = Support.FULL, note: str = "") -> Callable[[F], F]:
    """Register a WASI preview 1 function: an ``ErrnoError`` becomes ``+errno``, None becomes 0."""
    return REGISTRY.register(
        name, signature, convention=Convention.WASI, module="wasi_snapshot_preview1", support=support, note=note
    )


def env(name: str, signature: str, *, support: Support = Support.FULL, note: str = "") -> Callable[[F], F]:
    """Register any other import of module ``env``."""
    return REGISTRY.register(name, signature, support=support, note=note)
