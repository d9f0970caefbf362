"""Pure Python, numpy and pandas: the same programs in our sandbox, in Pyodide in Node and in native CPython."""

from __future__ import annotations

import ast
import math
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path

from measure import Goal, Row
from peers import NodePyodide, PeerMissingError, native_python

from offline_ci import Sandbox

SPEED = Goal("pure Python against Pyodide in Node, geometric mean of 13", "ratio", 1.1, 0.8)
_FOLDER = Path(__file__).parent
ARRAYS = Goal("numpy and pandas against Pyodide in Node, geometric mean of 15", "ratio", 1.1, 0.8)

Times = dict[str, list[float]]


def speed(runs: int) -> list[Row]:
    """Pure Python."""
    return [_beside(SPEED, "pure_python", (), runs)]


def arrays(runs: int) -> list[Row]:
    """numpy and pandas."""
    return [_beside(ARRAYS, "arrays", ("numpy", "pandas"), runs)]


def _beside(goal: Goal, module: str, packages: tuple[str, ...], runs: int) -> Row:
    """Rounds of the whole suite, one interpreter after the other, so that all see the same machine."""
    sources = [(_FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in (module, "workloads")]
    with Sandbox() as sandbox:
        assert all(sandbox.run(source).ok for source in sources)
        suites: dict[str, Callable[[], str]] = {"ours": lambda: str(sandbox.run("measure(WORKLOADS)").result)}
        missing: dict[str, float | str] = {}
        try:
            native_python()
            suites["native"] = lambda: _native(module)
        except PeerMissingError as error:
            missing["native CPython"] = str(error)
        try:
            with NodePyodide(*packages) as peer:
                for source in sources:
                    peer.run(source + "\n0")
                suites["node"] = lambda: peer.run("str(measure(WORKLOADS))")[0]
                return _row(goal, _rounds(suites, runs), missing, peer.version)
        except PeerMissingError as error:
            times = _rounds(suites, runs)
            details = {name: statistics.median(values) * 1000 for name, values in times["ours"].items()}
            return Row(goal, float("nan"), (), {**missing, "Pyodide in Node": str(error)}, dict(details))


def _native(module: str) -> str:
    code = f"import sys; sys.path.insert(0, {str(_FOLDER)!r}); import {module}, workloads; "
    code += f"print(workloads.measure({module}.WORKLOADS))"
    return subprocess.run([native_python(), "-c", code], check=True, capture_output=True, text=True).stdout


def _rounds(suites: dict[str, Callable[[], str]], runs: int) -> dict[str, Times]:
    times: dict[str, Times] = {name: {} for name in suites}
    for i in range(runs + 1):  # the first one warms caches and Node's compiler
        for name, measure in suites.items():
            for workload, seconds in ast.literal_eval(measure()).items():
                if i:
                    times[name].setdefault(workload, []).append(seconds)
    return times


def _row(goal: Goal, times: dict[str, Times], missing: dict[str, float | str], version: str) -> Row:
    def ratios(name: str, base: str) -> dict[str, float]:
        return {
            workload: statistics.median(values) / statistics.median(times[base][workload])
            for workload, values in times[name].items()
        }

    against_node = ratios("ours", "node")
    beside = {f"Pyodide in Node {version}": 1.0, **missing}
    if "native" in times:
        beside["native CPython"] = _geometric_mean(ratios("native", "node").values())
    rounds = [
        _geometric_mean(values[i] / times["node"][workload][i] for workload, values in times["ours"].items())
        for i in range(len(next(iter(times["ours"].values()))))
    ]
    return Row(goal, _geometric_mean(against_node.values()), rounds, beside, dict(against_node))


def _geometric_mean(values: object) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))  # type: ignore[call-overload]
