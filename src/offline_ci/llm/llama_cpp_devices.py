"""llama.cpp's list of devices, read through ggml's C interface, which the Python bindings leave out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import cache
from typing import Final

from offline_ci.llm.devices import Device, Kind
from offline_ci.llm.llama_cpp_library import library

_KINDS: Final[dict[int, Kind]] = {0: "cpu", 1: "gpu", 2: "igpu", 3: "accel"}


class _Properties(ctypes.Structure):
    """``ggml_backend_dev_props`` of ggml-backend.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("memory_free", ctypes.c_size_t),
        ("memory_total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("device_id", ctypes.c_char_p),
        ("caps", ctypes.c_bool * 8),  # five, and room for more
    )


@cache
def _ggml() -> ctypes.CDLL:
    """Ggml's functions: the libraries that llama.cpp's own has loaded with it."""
    ggml: ctypes.CDLL = library()._lib  # noqa: SLF001 - the bindings have no other name for it
    library().llama_supports_gpu_offload()  # loads back ends that are files of their own, where a build has such
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_get_props.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Properties)]
    ggml.ggml_backend_dev_get_props.restype = None
    ggml.ggml_backend_dev_backend_reg.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_dev_backend_reg.restype = ctypes.c_void_p
    ggml.ggml_backend_reg_count.restype = ctypes.c_size_t
    ggml.ggml_backend_reg_get.argtypes = [ctypes.c_size_t]
    ggml.ggml_backend_reg_get.restype = ctypes.c_void_p
    ggml.ggml_backend_reg_name.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_reg_name.restype = ctypes.c_char_p
    return ggml


def backends() -> list[str]:
    """The back ends of this build, by llama.cpp's names: ``CPU``, ``CUDA``, ``Vulkan``.

    Raises:
        ModelLoadError: llama.cpp's library does not load.
    """
    ggml = _ggml()
    regs = [ggml.ggml_backend_reg_get(i) for i in range(ggml.ggml_backend_reg_count())]
    return [_text(ggml.ggml_backend_reg_name(reg)) for reg in regs]


def read_devices() -> list[Device]:
    """What this build sees on this machine, with the memory that is free now.

    Raises:
        ModelLoadError: llama.cpp's library does not load.
    """
    ggml = _ggml()
    found = []
    for index in range(ggml.ggml_backend_dev_count()):
        handle = ggml.ggml_backend_dev_get(index)
        properties = _Properties()
        ggml.ggml_backend_dev_get_props(handle, ctypes.byref(properties))
        found.append(
            Device(
                index=index,
                name=_text(properties.name),
                description=_text(properties.description).strip(),
                backend=_text(ggml.ggml_backend_reg_name(ggml.ggml_backend_dev_backend_reg(handle))),
                kind=_KINDS.get(properties.type, "accel"),
                free_bytes=properties.memory_free,
                total_bytes=properties.memory_total,
                device_id=_text(properties.device_id),
            )
        )
    return found


def device_list(indices: Iterable[int]) -> ctypes.Array[ctypes.c_void_p]:
    """Devices as llama.cpp's model parameters take them: handles, with a null at the end."""
    handles = [_ggml().ggml_backend_dev_get(index) for index in indices]
    return (ctypes.c_void_p * (len(handles) + 1))(*handles, None)


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", errors="replace")
