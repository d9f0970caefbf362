"""The sandbox: the facade over a guest Python in a worker process or in this one."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing takes as long as starting a worker
if TYPE_CHECKING:
    from typing import Any

    from offline_ci.sandbox.pool import SandboxPool
    from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit
    from offline_ci.sandbox.sandbox import Checkpoint, Sandbox

_HOMES = {
    "Checkpoint": "sandbox",
    "ExecutionResult": "result",
    "GuestError": "result",
    "GuestFile": "result",
    "LimitHit": "result",
    "Sandbox": "sandbox",
    "SandboxPool": "pool",
}

__all__ = ["Checkpoint", "ExecutionResult", "GuestError", "GuestFile", "LimitHit", "Sandbox", "SandboxPool"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: a worker is started before anything else is imported."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
