"""What the guest is to packages: the wheels that fit it, and the values of its environment markers.

Source: the packaging user guide's "Platform compatibility tags" and "Dependency specifiers"; PEP 783.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.tags import Tag, compatible_tags, cpython_tags

from offline_ci.artifacts.lockfile import RuntimeLock

_SYSTEMS = {
    "manylinux": "Linux",
    "musllinux": "Linux",
    "linux": "Linux",
    "macosx": "macOS",
    "win": "Windows",
    "android": "Android",
    "ios": "iOS",
}
_OURS = ("pyemscripten", "pyodide", "emscripten")


def platforms(lock: RuntimeLock) -> list[str]:
    """The platform tags of compiled wheels that fit: PEP 783's, and the one that Pyodide gave them before."""
    number = lock.abi.partition("_")[2]
    return [f"pyemscripten_{number}_wasm32", f"pyodide_{number}_wasm32"]


def tags(lock: RuntimeLock) -> dict[Tag, int]:
    """The tags that fit, and how well: the smallest number is the best."""
    major, minor, *_ = map(int, lock.python.split("."))
    cpython = f"cp{major}{minor}"
    fitting = [
        *cpython_tags((major, minor), abis=[cpython], platforms=platforms(lock)),
        *compatible_tags((major, minor), cpython, platforms(lock)),
    ]
    return {tag: i for i, tag in reversed(list(enumerate(fitting)))}


def markers(lock: RuntimeLock) -> dict[str, str]:
    """What ``packaging.markers.default_environment`` says in the guest."""
    return {
        "implementation_name": "cpython",
        "implementation_version": lock.python,
        "os_name": "posix",
        "platform_machine": "wasm32",
        "platform_python_implementation": "CPython",
        "platform_release": lock.emscripten,
        "platform_system": "Emscripten",
        "platform_version": "#1",
        "python_full_version": lock.python,
        "python_version": ".".join(lock.python.split(".")[:2]),
        "sys_platform": "emscripten",
    }


def why_unfit(found: Iterable[Tag], lock: RuntimeLock) -> str:
    """Why a wheel with these tags, of which none fits, cannot be used: the end of a sentence about it."""
    tag = min(found, key=str)
    platform = tag.platform
    system = next((name for prefix, name in _SYSTEMS.items() if platform.startswith(prefix)), None)
    if system is not None:
        return f"has machine code for {system} ({platform}), and the sandbox is WebAssembly"
    if platform.startswith(_OURS) and platform not in platforms(lock):
        return f"is compiled for another Pyodide ({platform}); the sandbox's is {platforms(lock)[0]}"
    python = markers(lock)["python_version"]
    if version := re.fullmatch(r"(?:cp|py)(\d)(\d+)", tag.interpreter):
        return f"is for Python {version[1]}.{version[2]} ({tag}), and the sandbox has Python {python}"
    return f"is for {tag}, and the sandbox has Python {python} as WebAssembly"
