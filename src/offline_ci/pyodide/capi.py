"""CPython's C API, as far as the host calls it.

Source: CPython 3.14 ``Include/cpython/initconfig.h`` (PEP 741's PyInitConfig, opaque: no structure offsets needed) and
``Include/object.h``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from offline_ci.errors import RuntimeBootError

if TYPE_CHECKING:
    from offline_ci.emscripten.memory import CheckedMemory
    from offline_ci.emscripten.ports import GuestInstance, GuestPtr

_MASK32 = 0xFFFFFFFF
_POINTER_BYTES = 4


class CApi:
    """Calls into the interpreter of one instance; references are the caller's to release."""

    def __init__(self, instance: GuestInstance, memory: CheckedMemory) -> None:
        self._instance = instance
        self._memory = memory

    def call(self, name: str, *args: int) -> int:
        """An exported function's 32-bit result."""
        return self._instance.call(name, *args) & _MASK32

    def allocate(self, data: bytes) -> GuestPtr:
        """A copy of ``data`` on the guest's heap; ``free`` gives it back."""
        pointer = self.call("malloc", max(1, len(data)))
        if not pointer:
            raise RuntimeBootError("The sandbox has no memory left for the interpreter itself.")
        self._memory.write_bytes(pointer, data)
        return pointer

    def free(self, pointer: GuestPtr) -> None:
        """Give heap memory back."""
        self.call("free", pointer)

    def initialize(self, settings: dict[str, int | str | Sequence[str]]) -> None:
        """``Py_InitializeFromInitConfig`` with these settings.

        Raises:
            RuntimeBootError: CPython refuses one, or does not start.
        """
        config = self.call("PyInitConfig_Create")
        for name, value in settings.items():
            if self._set(config, name, value):
                raise RuntimeBootError(f"CPython refuses the setting {name}: {self._config_error(config)}")
        if self.call("Py_InitializeFromInitConfig", config):
            raise RuntimeBootError(f"CPython does not start: {self._config_error(config)}")
        self.call("PyInitConfig_Free", config)

    def _set(self, config: int, name: str, value: int | str | Sequence[str]) -> int:
        key = self.allocate(name.encode() + b"\0")
        if isinstance(value, int):
            failed = self.call("PyInitConfig_SetInt", config, key, value)
        elif isinstance(value, str):
            text = self.allocate(value.encode() + b"\0")
            failed = self.call("PyInitConfig_SetStr", config, key, text)
            self.free(text)
        else:
            items = [self.allocate(item.encode() + b"\0") for item in value]
            array = self.allocate(b"".join(item.to_bytes(_POINTER_BYTES, "little") for item in items))
            failed = self.call("PyInitConfig_SetStrList", config, key, len(items), array)
            for pointer in (*items, array):
                self.free(pointer)
        self.free(key)
        return failed

    def _config_error(self, config: int) -> str:
        place = self.allocate(bytes(_POINTER_BYTES))
        has_error = self.call("PyInitConfig_GetError", config, place)
        message = self._memory.read_u32(place) if has_error else 0
        return self._memory.read_cstr(message).decode("utf-8", "replace") if message else "no reason given"

    def import_attribute(self, module: str, attribute: str) -> GuestPtr:
        """A new reference to ``module.attribute``.

        Raises:
            RuntimeBootError: there is none.
        """
        name = self.allocate(module.encode() + b"\0")
        imported = self.call("PyImport_ImportModule", name)
        self.free(name)
        name = self.allocate(attribute.encode() + b"\0")
        value = self.call("PyObject_GetAttrString", imported, name) if imported else 0
        self.free(name)
        if not value:
            self.call("PyErr_Print")
            raise RuntimeBootError(f"The sandbox's own {module}.{attribute} cannot be imported.")
        self.call("Py_DecRef", imported)
        return value

    def call_returning_int(self, function: GuestPtr, *, tell: bool = True) -> int | None:
        """Call a Python function without arguments.

        Args:
            function: the function.
            tell: what it raises is printed to the guest's standard error.

        Returns:
            Its int; None where it raised or returned something else.
        """
        forget = "PyErr_Print" if tell else "PyErr_Clear"
        value = self.call("PyObject_CallNoArgs", function)
        if not value:
            self.call(forget)
            return None
        number = self.call("PyLong_AsLong", value)
        self.call("Py_DecRef", value)
        if number == _MASK32 and self.call("PyErr_Occurred"):
            self.call(forget)
            return None
        return (number ^ 0x80000000) - 0x80000000
