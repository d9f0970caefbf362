"""llama.cpp's library as llama-cpp-python carries it. ``llama_cpp`` is imported here alone, on first use."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import sys
from collections import deque
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

from offline_ci.errors import ModelLoadError

SPIN_COUNT: Final = "10000"
"""Rounds that GNU OpenMP's waiting threads spin before they sleep (its own default is 300,000, which is no faster on an
idle machine and burns what others need on a busy one); read when its library is loaded."""

_LOG: Final[deque[str]] = deque(maxlen=60)
_ALIVE: Final[list[object]] = []  # callbacks that C code keeps pointers to


@cache
def library() -> ModuleType:
    """llama.cpp's functions, initialised, its log kept instead of printed.

    Raises:
        ModelLoadError: llama-cpp-python is not installed, or its library does not load here.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)
    try:
        native = _bindings()
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise ModelLoadError(
            f"llama.cpp cannot be loaded: {error}.",
            hint="Install it again: `pip install --force-reinstall --no-cache-dir llama-cpp-python`.",
        ) from error

    @native.llama_log_callback  # type: ignore[untyped-decorator]
    def keep(_level: int, text: bytes, _data: object) -> None:
        _LOG.extend(line for line in text.decode("utf-8", errors="replace").splitlines() if line.strip(" .\n"))

    _ALIVE.append(keep)
    native.llama_log_set(keep, ctypes.c_void_p(0))
    native.llama_backend_init()
    return native


def _bindings() -> ModuleType:
    """``llama_cpp.llama_cpp`` without its package's own module.

    That one imports numpy, jinja2 and much else for its high-level interface: 0.2 s of every start. Whoever imports
    ``llama_cpp`` later gets all of it.
    """
    package = None if "llama_cpp" in sys.modules else importlib.util.find_spec("llama_cpp")
    if package is None:
        return importlib.import_module("llama_cpp.llama_cpp")
    sys.modules["llama_cpp"] = importlib.util.module_from_spec(package)
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    finally:
        del sys.modules["llama_cpp"]


def is_built_for_gpu() -> bool:
    """Whether the installed build has a back end besides the processor's, by its files: nothing is loaded."""
    package = importlib.util.find_spec("llama_cpp")
    folders = package.submodule_search_locations if package is not None else None
    names = {path.name.split(".")[0] for folder in folders or () for path in Path(folder, "lib").glob("*ggml-*")}
    return not {name.removeprefix("lib") for name in names} <= {"ggml-base", "ggml-cpu", "ggml-blas"}


def forget_log() -> None:
    """Let ``recent_log`` begin anew."""
    _LOG.clear()


def recent_log() -> list[str]:
    """The last lines that llama.cpp logged, oldest first."""
    return list(_LOG)


def system_info() -> str:
    """Instruction sets and back ends of this build, as llama.cpp words them."""
    text: bytes = library().llama_print_system_info()
    return text.decode("utf-8", errors="replace")


@cache
def build_id() -> str:
    """Identifies the installed binaries: 16 hexadecimal digits of their sha256."""
    folder = Path(str(library().__file__)).parent / "lib"
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.iterdir() if path.suffix in {".so", ".dylib", ".dll"}):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
