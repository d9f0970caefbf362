"""Whether wasmtime takes a module as it is."""

from __future__ import annotations

import wasmtime

from offline_ci.engine.config import shared_engine


def find_refusal(wasm: bytes) -> str | None:
    """Why wasmtime refuses the module; None where it accepts it. Fast: nothing is compiled."""
    try:
        wasmtime.Module.validate(shared_engine(), wasm)
    except wasmtime.WasmtimeError as exc:
        return str(exc).splitlines()[-1].strip()
    return None
