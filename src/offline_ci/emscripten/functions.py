"""All functions that the host offers, in one registry: importing this module fills it."""

from __future__ import annotations

from offline_ci.emscripten import ffi, jsffi, ldso, syscalls, wasi
from offline_ci.emscripten.registry import REGISTRY

DEFINED_IN = (ffi, jsffi, ldso, syscalls, wasi)
HOST_FUNCTIONS = REGISTRY
