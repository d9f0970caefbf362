"""Linear memory behind the port."""

from __future__ import annotations

import ctypes
from typing import Any

from offline_ci.engine import _capi


class WasmtimeMemory:
    """A ``GuestMemory`` over a memory of a store.

    The base address never changes (4 GiB are reserved), the size does. The view is made once per size; ``release``
    must come before the store is deleted, since a view afterwards would point into unmapped memory.
    """

    def __init__(self, context: ctypes.c_void_p, memory: Any) -> None:
        self._context = context
        self._memory = memory
        self._view: memoryview | None = None

    @property
    def address(self) -> int:
        """Where it begins in this process."""
        return int(_capi.memory_data(self._context, ctypes.byref(self._memory)))

    def view(self) -> memoryview:
        """See ``GuestMemory.view``."""
        if self._view is None:
            size = _capi.memory_data_size(self._context, ctypes.byref(self._memory))
            self._view = memoryview((ctypes.c_ubyte * size).from_address(self.address)).cast("B")
        return self._view

    def grow(self, n_pages: int) -> bool:
        """See ``GuestMemory.grow``."""
        previous = ctypes.c_uint64()
        error = _capi.memory_grow(self._context, ctypes.byref(self._memory), n_pages, previous)
        if error:
            _capi.error_delete(error)
            return False
        self._view = None
        return True

    def release(self) -> None:
        """Forget the view."""
        self._view = None
