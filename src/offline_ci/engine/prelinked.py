"""Instances of an image: one module that holds main and its libraries, linked once per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import wasmtime

from offline_ci.emscripten.ports import FuncRef, InstanceRef
from offline_ci.engine import _capi
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.instance import MainInstance


@dataclass(frozen=True, slots=True)
class BakedLibrary:
    """The instance of a library that is part of the image.

    Attributes:
        prefix: of its exports' names.
    """

    prefix: str


class PrelinkedModule:
    """A module that imports host functions only.

    Args:
        linker: made for this module.
        module: the compiled image.
        host_functions: module by name of the functions that main imports.
    """

    def __init__(self, linker: HostLinker, module: wasmtime.Module, host_functions: Mapping[str, str]) -> None:
        self.linker = linker
        self.module = module
        self.host_functions = host_functions
        self._pre = linker.prelink(module)
        self.pointer = _capi.address(self._pre.ptr())


class PrelinkedInstance(MainInstance):
    """A ``MainInstance`` of an image; its memory and table are as they were when the image was captured.

    Args:
        prelinked: what to instantiate.
        host, memory_bytes, on_tick: see ``MainInstance``.
    """

    def __init__(
        self, prelinked: PrelinkedModule, *, host: object, memory_bytes: int, on_tick: Callable[[], None]
    ) -> None:
        self._prelinked = prelinked
        super().__init__(prelinked.linker, prelinked.module, (), host=host, memory_bytes=memory_bytes, on_tick=on_tick)

    def _instantiate_main(self, *_: object) -> Any:
        return self._new_instance(
            lambda instance, trap: _capi.instance_pre_instantiate(
                self._prelinked.pointer, self._context, instance, trap
            )
        )

    def find_host_function(self, name: str) -> FuncRef | None:
        """See ``LinkableInstance.find_host_function``."""
        if name not in self._host_functions:
            module = self._prelinked.host_functions.get(name)
            self._host_functions[name] = module and self._linker.find(self._context, name, module)
        return super().find_host_function(name)

    def function(self, instance: InstanceRef | None, name: str) -> FuncRef:
        """See ``LinkableInstance.function``; a baked library's functions are exports of the image."""
        if isinstance(instance, BakedLibrary):
            return super().function(None, instance.prefix + name)
        return super().function(instance, name)
