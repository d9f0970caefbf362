"""The same run over a Ray cluster: each worker holds the model, writes samples and judges them; the driver keeps them.

A worker that dies, alone or with its node, costs the sample that it was at, which another one then does.
"""

from __future__ import annotations

import importlib
import os
import platform
import socket
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any, Final

from offline_ci.artifacts.models import ResolvedModel
from offline_ci.bench.generate import Decoding, write_solution
from offline_ci.bench.grade import Grader
from offline_ci.bench.records import Record, RunFolder
from offline_ci.bench.run import DEFAULT_LOAD, judged, loaded
from offline_ci.bench.suites import find_suite
from offline_ci.bench.tasks import Suite
from offline_ci.errors import OfflineCIError, UsageError, WorkerCrashedError
from offline_ci.interpreter.loaded_model import LoadSettings

_ATTEMPTS: Final = 3
"""So often a sample is tried before its task is suspected of killing workers."""
_MEMORY_FACTOR: Final = 1.5
"""Of the model's file: weights, context, and the sandboxes."""
_START_TIMEOUT_S: Final = 600.0
_CONNECT_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where and how a run is spread.

    Attributes:
        address: of the cluster, ``auto`` for the one that this machine belongs to; None for one of this machine alone.
        workers: how many models are loaded, anywhere in the cluster.
        cpus: processors for each.
        gpus: of each, a fraction where several share one.
    """

    address: str | None = None
    workers: int = 2
    cpus: float = 1.0
    gpus: float = 0.0


class Worker:
    """Runs on some node: an actor, which Ray makes of this class.

    Args:
        suite: its name, or its file there.
        suite_sha256: what it must be.
        model: the model's name, or its file there.
        model_sha256: likewise.
        decoding: how samples are drawn.
        load: how the model is loaded.
    """

    def __init__(
        self,
        suite: str,
        suite_sha256: str,
        model: str,
        model_sha256: str,
        decoding: dict[str, Any],
        load: LoadSettings = DEFAULT_LOAD,
    ) -> None:
        self._wanted = (suite, suite_sha256, model, model_sha256)
        self._decoding = Decoding(**decoding)
        self._load = load
        self._undo = ExitStack()

    def ready(self) -> int:
        """Load suite and model; the process's number.

        Raises:
            UsageError: that node has another suite or model of this name.
        """
        from offline_ci.interpreter.interpreter import resolve_model

        suite_name, suite_sha256, model_name, model_sha256 = self._wanted
        self._suite = find_suite(suite_name)
        file = resolve_model(model_name)
        for what, found, wanted in (("suite", self._suite.sha256, suite_sha256), ("model", file.sha256, model_sha256)):
            if found != wanted:
                raise UsageError(
                    f"The {what} on {platform.node()} is another one: sha256 {found[:16]}…, not {wanted[:16]}….",
                    hint=f"Bring the same {what} to every node.",
                )
        self._model = self._undo.enter_context(loaded(file, 1, self._load))[0]
        self._grader = self._undo.enter_context(Grader(1))
        return os.getpid()

    def work(self, task_id: str, index: int) -> dict[str, Any]:
        """Write and judge one sample."""
        task = self._suite.tasks[task_id]
        return asdict(judged(self._grader, task, index, write_solution(task, self._model, self._decoding, index)))


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker is at.

    Attributes:
        worker: its handle.
        sample: task and index; None while it gets ready.
        attempt: which one, from 0.
    """

    worker: Any
    sample: tuple[str, int] | None = None
    attempt: int = 0


def run_suite_on_ray(
    suite_name: str,
    suite: Suite,
    model_name: str,
    model: ResolvedModel,
    decoding: Decoding,
    run: RunFolder,
    on_record: Callable[[Record], None],
    cluster: Cluster,
    load: LoadSettings = DEFAULT_LOAD,
) -> None:
    """Write, judge and keep every sample that the run lacks.

    Args:
        suite_name: under which every node finds the suite.
        suite: the same, here.
        model_name: under which every node finds the model.
        model: the same, here.
        decoding: how samples are drawn.
        run: where they are kept.
        on_record: told of each.
        cluster: where.
        load: how the model is loaded.

    Raises:
        UsageError: Ray is not installed, no cluster is there, or it has no room for a single worker.
        WorkerCrashedError: a sample ended each worker that tried it.
    """
    ray = _ray()
    left = deque((sample, 0) for sample in run.left(suite))
    try:
        _connect(ray, cluster)
        options = {"num_cpus": cluster.cpus, "num_gpus": cluster.gpus, "memory": _memory_bytes(model)}
        actor = ray.remote(max_restarts=-1, max_task_retries=0, **options)(Worker)
        arguments = (suite_name, suite.sha256, model_name, model.sha256, asdict(decoding), load)
        jobs: dict[Any, _Job] = {}
        for worker in [actor.remote(*arguments) for _ in range(min(cluster.workers, max(1, len(left))))]:
            jobs[worker.ready.remote()] = _Job(worker)
        while jobs and (left or any(job.sample for job in jobs.values())):
            done, _ = ray.wait(list(jobs), num_returns=1, timeout=_START_TIMEOUT_S)
            if not done and not any(job.sample for job in jobs.values()):
                raise _no_room(ray, options)
            for reference in done:
                job = jobs.pop(reference)
                record, failure = _result(ray, reference)
                if job.sample is not None and failure is None:
                    kept = Record(**record)
                    run.add(kept)
                    on_record(kept)
                elif job.sample is not None:
                    if job.attempt + 1 == _ATTEMPTS:
                        raise WorkerCrashedError(f"Each worker that tried {job.sample[0]} died: {failure}.")
                    left.appendleft((job.sample, job.attempt + 1))
                if failure is not None:  # it comes back as a new process, which has to load the model
                    jobs[job.worker.ready.remote()] = _Job(job.worker)
                elif left:
                    sample, attempt = left.popleft()
                    jobs[job.worker.work.remote(*sample)] = _Job(job.worker, sample, attempt)
    finally:
        ray.shutdown()


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "2")  # where something else listens it would try for minutes
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise UsageError(
            "Ray is not installed here.", hint="Install it: pip install 'offline-ci[ray]', or use --engine local."
        ) from error


def _connect(ray: Any, cluster: Cluster) -> None:
    here = (
        {} if cluster.address else {"num_cpus": max(os.cpu_count() or 1, cluster.workers), "include_dashboard": False}
    )
    if cluster.address:
        _check_listens(cluster.address)
    try:
        ray.init(address=cluster.address, log_to_driver=False, logging_level="error", ignore_reinit_error=True, **here)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise _no_cluster(cluster.address, str(error).splitlines()[0]) from error


def _check_listens(address: str) -> None:
    """Ray itself would try an address where nobody listens for more than a minute."""
    host, colon, port = address.rpartition(":")
    if not (colon and port.isdecimal()):
        return
    try:
        socket.create_connection((host.rpartition("/")[2].strip("[]"), int(port)), _CONNECT_TIMEOUT_S).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, str(error)) from error


def _no_cluster(address: str | None, reason: str) -> UsageError:
    return UsageError(
        f"There is no Ray cluster at {address}: {reason}",
        hint="Start one: ray start --head; then give --ray-address HOST:6379.",
    )


def _memory_bytes(model: ResolvedModel) -> int:
    return int(model.path.stat().st_size * _MEMORY_FACTOR)


def _result(ray: Any, reference: Any) -> tuple[dict[str, Any], str | None]:
    """What a worker gave, or why it died.

    Raises:
        OfflineCIError: it did not die: this is what it says.
    """
    try:
        found = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        raise cause if isinstance(cause, OfflineCIError) else error from None
    except ray.exceptions.RayActorError as error:
        return {}, type(error).__name__
    return (found if isinstance(found, dict) else {}), None


def _no_room(ray: Any, options: dict[str, Any]) -> UsageError:
    there = ray.cluster_resources()
    return UsageError(
        f"The cluster has no room for a worker: it needs {options['num_cpus']} processors, {options['num_gpus']} GPUs "
        f"and {options['memory'] >> 20} MB of memory; there are {there.get('CPU', 0)}, {there.get('GPU', 0)} and "
        f"{int(there.get('memory', 0)) >> 20} MB.",
        hint="Ask for less, or start another node: ray start --address HOST:6379.",
    )
