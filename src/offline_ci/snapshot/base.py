"""What guests start from: the plain main module, or an image with libraries and memory in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from offline_ci.emscripten.ldso import DynamicLinker
from offline_ci.engine.prelinked import BakedLibrary, PrelinkedInstance, PrelinkedModule
from offline_ci.pyodide.boot import RuntimeLibraries, new_plain_instance

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host, SignalPtrs
    from offline_ci.emscripten.ldso.state import LinkState
    from offline_ci.engine.instance import MainInstance
    from offline_ci.pyodide.installed import InstalledRuntime
    from offline_ci.snapshot.state import FreshGuest

OnTick = Callable[[], None]


class Base(Protocol):
    """Makes fresh instances."""

    @property
    def name(self) -> str:
        """The image's name; ``plain`` for none."""
        ...

    @property
    def fresh(self) -> FreshGuest | None:
        """The guest in a fresh instance; None where CPython has not been started."""
        ...

    @property
    def link(self) -> LinkState | None:
        """What is linked into a fresh instance; None where nothing is."""
        ...

    def instantiate(self, host: Host, *, memory_bytes: int, on_tick: OnTick) -> MainInstance:
        """A fresh instance, attached to the host together with its dynamic linker.

        Args:
            host: serves this instance and no other.
            memory_bytes: limit of linear memory.
            on_tick: see ``MainInstance``.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlainBase:
    """The main module as it was published."""

    runtime: InstalledRuntime
    name: str = "plain"
    fresh: None = None
    link: None = None

    def instantiate(self, host: Host, *, memory_bytes: int, on_tick: OnTick) -> MainInstance:
        """See ``Base.instantiate``."""
        return new_plain_instance(self.runtime, host, memory_bytes=memory_bytes, on_tick=on_tick)


@dataclass(frozen=True, slots=True)
class ImageBase:
    """An image.

    Attributes:
        runtime: further libraries come from there.
        name: the image's.
        fresh: the guest that was captured.
        module: the image, compiled and linked.
        prefixes: of a baked library's exports, by the library's name.
        signal_ptrs: see ``Host``.
    """

    runtime: InstalledRuntime
    name: str
    fresh: FreshGuest
    module: PrelinkedModule
    prefixes: Mapping[str, str]
    signal_ptrs: SignalPtrs

    @property
    def link(self) -> LinkState:
        """See ``Base.link``."""
        return self.fresh.link

    def instantiate(self, host: Host, *, memory_bytes: int, on_tick: OnTick) -> MainInstance:
        """See ``Base.instantiate``."""
        instance = PrelinkedInstance(self.module, host=host, memory_bytes=memory_bytes, on_tick=on_tick)
        host.attach(instance)
        host.make_linker = partial(self._linker, host)
        host.signal_ptrs = self.signal_ptrs
        return instance

    def _linker(self, host: Host) -> DynamicLinker:
        libraries = RuntimeLibraries(self.runtime)
        linker = DynamicLinker(host.instance, lambda: self.runtime.main.link, libraries, host.fs.exists)
        linker.adopt(self.link, lambda name: BakedLibrary(self.prefixes[name]))
        return linker
