"""A guest that has imported and used what an image is to have."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.errors import RuntimeBuildError
from offline_ci.limits import ResourceLimits
from offline_ci.pyodide.boot import GuestPython, boot_python
from offline_ci.pyodide.installed import InstalledRuntime
from offline_ci.sandbox.guest_host import GuestHost
from offline_ci.sandbox.watch import Watch
from offline_ci.snapshot.base import PlainBase
from offline_ci.snapshot.image_build import LiveGuest, capture_live
from offline_ci.snapshot.state import Entries

_INSTALL = ("offline_ci_guest.cell", "install")
_RUN = ("offline_ci_guest.cell", "run")
_RENEW = ("offline_ci_guest.fresh", "renew")
_WARM_UP = ("offline_ci_guest.warmup", "run")
_SEED = 0
"""Of everything random in an image, the hash seed among it: ``--seed`` then gives the same on every machine."""


def warm_guest(runtime: InstalledRuntime, steps: Sequence[str], stop: threading.Event) -> LiveGuest:
    """Boot and warm up, on a thread with a large stack; whoever calls closes the interpreter.

    Args:
        runtime: what to boot.
        steps: functions of ``offline_ci_guest.warmup``.
        stop: ends the work early when set.

    Raises:
        RuntimeBuildError: a step failed.
        RuntimeBootError: CPython does not start.
    """
    output: list[bytes] = []
    limits = ResourceLimits()
    guest = GuestHost(
        runtime,
        limits,
        Watch(),
        seed=_SEED,
        epoch=None,
        on_write=lambda _fd, data: output.append(data),
        on_message=output.append,
        on_input=lambda: None,
    )

    def on_tick() -> None:
        if stop.is_set():
            raise GuestTrap("interrupt", "the build was stopped")

    host = guest.new_host()
    instance = PlainBase(runtime).instantiate(host, memory_bytes=limits.memory_bytes, on_tick=on_tick)
    try:
        python = boot_python(runtime, instance, host)
        entries = _enter(python)
        guest.push_request(json.dumps({"steps": list(steps)}).encode() + b"\n")
        _warm_up(python, output)
        return capture_live(python, host, entries, runtime.main.link)
    except BaseException:
        instance.close()
        raise


def _warm_up(python: GuestPython, output: Sequence[bytes]) -> None:
    run = python.capi.import_attribute(*_WARM_UP)
    try:
        with python.instance.enter():
            status = python.capi.call_returning_int(run)
    except (GuestTrap, GuestExit) as end:
        raise RuntimeBuildError(f"The warm-up ended with {end}: {_last_words(output)}") from end
    if status != 0:
        raise RuntimeBuildError(f"The warm-up failed: {_last_words(output)}")


def _enter(python: GuestPython) -> Entries:
    capi = python.capi
    capi.call("PyObject_CallNoArgs", capi.import_attribute(*_INSTALL))
    return Entries(capi.import_attribute(*_RUN), capi.import_attribute(*_RENEW))


def _last_words(output: Sequence[bytes]) -> str:
    return b"".join(output).decode("utf-8", "replace").strip()[-500:]
