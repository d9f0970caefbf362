"""offline-ci: a code interpreter for one machine with no network.

The names of ``__all__`` are the public interface; everything else may change between versions.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing takes as long as starting the sandbox's process
if TYPE_CHECKING:
    from typing import Any

    from offline_ci.errors import OfflineCIError
    from offline_ci.interpreter import Answer, CodeInterpreter
    from offline_ci.limits import ResourceLimits
    from offline_ci.llm.base import CodeModel
    from offline_ci.sandbox import ExecutionResult, Sandbox, SandboxPool

__version__ = "0.1.0"

_HOMES = {
    "Answer": "offline_ci.interpreter",
    "CodeInterpreter": "offline_ci.interpreter",
    "CodeModel": "offline_ci.llm.base",
    "ExecutionResult": "offline_ci.sandbox",
    "OfflineCIError": "offline_ci.errors",
    "ResourceLimits": "offline_ci.limits",
    "Sandbox": "offline_ci.sandbox",
    "SandboxPool": "offline_ci.sandbox",
}

__all__ = [
    "Answer",
    "CodeInterpreter",
    "CodeModel",
    "ExecutionResult",
    "OfflineCIError",
    "ResourceLimits",
    "Sandbox",
    "SandboxPool",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line must start quickly."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
