"""Modules of a test suite run in sandboxes, as many at once as there are processors."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from conformance.suite import FOLDER, Plan, Suite
from conformance.suite_runs import Run, parse_run
from offline_ci import ResourceLimits, Sandbox
from offline_ci._env import usable_cpus

TIME_S = 200.0
"""Of one module. Most take a few seconds, or less than one."""
_LIMITS = ResourceLimits(time_s=TIME_S, output_bytes=64 << 20)
_GUEST, _TOLD = "suite_guest", "suite_told"


class SuiteSandbox:
    """A sandbox with a suite in it, which every module finds as it was at first.

    Args:
        suite: which one.
        plan: says which tests are not run.
    """

    def __init__(self, suite: Suite, plan: Plan) -> None:
        self._suite, self._plan = suite, plan
        self._start()

    def _start(self) -> None:
        self.sandbox = Sandbox(limits=_LIMITS, image=self._suite.image, seed=0)
        self.sandbox.files.grant(self._suite.archive)
        self.sandbox.files.write(f"{_TOLD}.py", (FOLDER / "told.py").read_bytes())
        self.sandbox.files.write(f"{_GUEST}.py", self._suite.guest.read_bytes())
        prepared = self.sandbox.run(f"import {_GUEST}; {_GUEST}.prepare({self._suite.archive.name!r})")
        if not prepared.ok:
            raise RuntimeError(f"The suite cannot be unpacked: {prepared.status} {prepared.error}")
        self._prepared = self.sandbox.checkpoint()

    def run(self, module: str) -> Run:
        """Run a module; whatever it does, the next one is not affected."""
        if not self.sandbox.is_alive():
            self.sandbox.close()
            self._start()
        self.sandbox.restore(self._prepared)
        not_run = [pattern for one in self._plan.not_run_of(module) for pattern in one.patterns]
        return parse_run(module, self.sandbox.run(f"{_GUEST}.run({module!r}, {not_run!r})"))


class Lanes:
    """Sandboxes side by side; use as a context, at whose end what has not been run is given up.

    Args:
        suite: see ``SuiteSandbox``.
        plan: the same.
        n_lanes: how many; by default one a processor.
    """

    def __init__(self, suite: Suite, plan: Plan, n_lanes: int | None = None) -> None:
        self._suite, self._plan = suite, plan
        self._executor = ThreadPoolExecutor(n_lanes or usable_cpus())
        self._local = threading.local()
        self._sandboxes: list[SuiteSandbox] = []

    def submit(self, modules: Iterable[str]) -> dict[str, Future[Run]]:
        """Begin to run modules, in this order."""
        return {module: self._executor.submit(self._run, module) for module in modules}

    def _run(self, module: str) -> Run:
        if not hasattr(self._local, "sandbox"):
            self._local.sandbox = SuiteSandbox(self._suite, self._plan)
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
