"""One engine per process, and the key that says which compiled code fits it."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from pathlib import Path
from typing import Any

import wasmtime

from offline_ci import _env
from offline_ci.engine import _capi
from offline_ci.engine.gate import GATE_ADDRESS

WASM_STACK_BYTES = 16 << 20
"""Native stack for wasm frames. CPython guards the shadow stack only; C recursion without shadow frames ends in a trap,
whose backtrace takes longer than linear time to capture: 0.2 s at 16 MB, 36 s at 64 MB."""
HOST_STACK_BYTES = 32 << 20
"""Native stack left for host functions called from the deepest wasm frame. Too little of it aborts the process."""
THREAD_STACK_BYTES = WASM_STACK_BYTES + HOST_STACK_BYTES
"""What a thread that runs wasm needs."""

_SETTINGS: dict[str, Any] = {
    "wasm_exceptions": True,
    "wasm_gc": True,
    "wasm_function_references": True,
    "wasm_tail_call": True,
    "cranelift_opt_level": "speed",
    "memory_init_cow": True,
    "memory_may_move": False,
    "native_unwind_info": False,
}

_X86_FLAGS = frozenset(
    {"pni", "ssse3", "cx16", "sse4_1", "sse4_2", "popcnt", "avx", "avx2", "fma", "bmi1", "bmi2", "abm"}
    | {"avx512f", "avx512dq", "avx512vl", "avx512_bitalg", "avx512vbmi"}
)
"""What Cranelift asks an x86-64 processor for, by Linux's names. A superset would do: Linux also lists what only the
kernel or a virtual machine makes of the processor. Source: cranelift/native and codegen/meta/src/isa/x86.rs."""


@functools.cache
def shared_engine() -> wasmtime.Engine:
    """The engine of this process."""
    config = wasmtime.Config()
    for name, value in _SETTINGS.items():
        setattr(config, name, value)
    # The asynchronous stack is never used, but wasmtime refuses a wasm stack that is larger, and its default is 2 MiB.
    _capi.async_stack_size_set(_capi.address(config.ptr()), THREAD_STACK_BYTES)
    config.max_wasm_stack = WASM_STACK_BYTES
    return wasmtime.Engine(config)


def _wasmtime_version() -> str:
    # By the name of the metadata folder: importlib.metadata would load an e-mail parser, a fifth of a start's imports.
    site = Path(wasmtime.__file__).parents[1]
    versions = [path.name.split("-")[1] for path in site.glob("wasmtime-*.dist-info")]
    if len(versions) == 1:
        return versions[0].removesuffix(".dist")
    from importlib.metadata import version

    return version("wasmtime")


def compiled_for() -> tuple[frozenset[str], frozenset[str]]:
    """Which processor flags compiled code may depend on, and which of them this processor has.

    Of other architectures than x86-64 all flags count.
    """
    flags = _env.cpu_flags()
    known = _X86_FLAGS if platform.machine().lower() in {"x86_64", "amd64"} else flags
    return known, flags & known


@functools.cache
def engine_key() -> str:
    """Identifies what compiled code depends on: wasmtime, settings, polls, processor. 16 hexadecimal digits.

    Two machines of one processor family have the same key, so that compiled code can be carried from one to the other;
    wasmtime itself refuses code that uses what its processor has not.
    """
    facts = [
        _wasmtime_version(),
        _SETTINGS,
        GATE_ADDRESS,
        platform.system(),
        platform.machine(),
        sorted(compiled_for()[1]),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
