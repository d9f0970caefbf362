"""Modules of CPython's test suite run in sandboxes, as many at once as there are processors."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from conformance.cpython_suite import ARCHIVE, FOLDER, Plan, Run, module_of, parse_run
from offline_ci import ResourceLimits, Sandbox
from offline_ci._env import usable_cpus

TIME_S = 200.0
"""Of one module. Most take less than a second."""
_LIMITS = ResourceLimits(time_s=TIME_S, output_bytes=64 << 20)
_GUEST = "cpython_guest"


class SuiteSandbox:
    """A sandbox with the suite in it, which every module finds as it was at first.

    Args:
        plan: says which tests are not run.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._start()

    def _start(self) -> None:
        self.sandbox = Sandbox(limits=_LIMITS, image="plain", seed=0)
        self.sandbox.files.grant(ARCHIVE)
        self.sandbox.files.write(f"{_GUEST}.py", (FOLDER / "guest.py").read_bytes())
        prepared = self.sandbox.run(f"import {_GUEST}; {_GUEST}.prepare({ARCHIVE.name!r})")
        if not prepared.ok:
            raise RuntimeError(f"The suite cannot be unpacked: {prepared.status} {prepared.error}")
        self._prepared = self.sandbox.checkpoint()

    def run(self, module: str) -> Run:
        """Run a module; whatever it does, the next one is not affected."""
        if not self.sandbox.is_alive():
            self.sandbox.close()
            self._start()
        self.sandbox.restore(self._prepared)
        not_run = [
            pattern
            for one in self._plan.not_run
            for pattern in one.patterns
            if module_of(self._plan, pattern) == module
        ]
        return parse_run(module, self.sandbox.run(f"{_GUEST}.run({module!r}, {not_run!r})"))


class Lanes:
    """Sandboxes side by side; use as a context, at whose end what has not been run is given up.

    Args:
        plan: see ``SuiteSandbox``.
        n_lanes: how many; by default one a processor.
    """

    def __init__(self, plan: Plan, n_lanes: int | None = None) -> None:
        self._plan = plan
        self._executor = ThreadPoolExecutor(n_lanes or usable_cpus())
        self._local = threading.local()
        self._sandboxes: list[SuiteSandbox] = []

    def submit(self, modules: Iterable[str]) -> dict[str, Future[Run]]:
        """Begin to run modules, in this order."""
        return {module: self._executor.submit(self._run, module) for module in modules}

    def _run(self, module: str) -> Run:
        if not hasattr(self._local, "sandbox"):
            self._local.sandbox = SuiteSandbox(self._plan)
            self._sandboxes.append(self._local.sandbox)
        return self._local.sandbox.run(module)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        for one in self._sandboxes:
            one.sandbox.interrupt()
        self._executor.shutdown()
        for one in self._sandboxes:
            one.sandbox.close()
