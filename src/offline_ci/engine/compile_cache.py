"""wasm to machine code, once per content, wasmtime, settings and processor.

``deserialize`` trusts its input completely, so it only ever reads files that we compiled into our own folder and whose
digest the caller has verified.
"""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

import wasmtime

from offline_ci.engine.config import engine_key, shared_engine
from offline_ci.engine.gate import GATE_ADDRESS
from offline_ci.errors import RuntimeBuildError, WasmFormatError
from offline_ci.wasmbin.polls import insert_polls


def compiled_name(wasm_sha256: str) -> str:
    """File name of the compiled form of the wasm with this digest, on this machine."""
    return f"{wasm_sha256[:32]}-{engine_key()}.cwasm"


def compile_wasm(wasm: bytes) -> bytes:
    """Compile for this machine, with the polls by which a guest is stopped; wasmtime uses all processors.

    Raises:
        RuntimeBuildError: the bytes are not a module that wasmtime accepts.
    """
    try:
        return bytes(wasmtime.Module(shared_engine(), insert_polls(wasm, GATE_ADDRESS)).serialize())
    except (wasmtime.WasmtimeError, WasmFormatError) as exc:
        digest = hashlib.sha256(wasm).hexdigest()
        raise RuntimeBuildError(f"wasmtime refuses the module {digest[:12]}: {str(exc).splitlines()[0]}") from exc


@functools.cache
def load_compiled(path: Path) -> wasmtime.Module:
    """A compiled module, mapped into memory and kept for the life of the process.

    Raises:
        RuntimeBuildError: it was compiled by another wasmtime or for another machine.
    """
    try:
        return wasmtime.Module.deserialize_file(shared_engine(), os.fspath(path))
    except wasmtime.WasmtimeError as exc:
        raise RuntimeBuildError(
            f"The compiled module {path.name} does not fit this machine: {str(exc).splitlines()[0]}",
            hint="Run: offline-ci runtime build",
        ) from exc


def wat_to_wasm(text: str) -> bytes:
    """A module from the text format."""
    return bytes(wasmtime.wat2wasm(text))


def wat_module(text: str) -> wasmtime.Module:
    """Compile a small module from the text format."""
    return wasmtime.Module(shared_engine(), wat_to_wasm(text))
