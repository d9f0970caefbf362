"""Starting: restore an image, the first work after it, a cell's round trip, a whole process."""

from __future__ import annotations

import functools
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import Goal, Row, milliseconds, row, sample
from peers import NodePyodide, PeerMissingError, native_python, native_times

from offline_ci import Sandbox

IMPORTS = "import numpy, pandas, matplotlib.pyplot, PIL.Image"
PANDAS = "import pandas as pd; int(pd.DataFrame({'a': [1, 2, 3]}).a.sum())"
GROUPBY = "import pandas as pd; int(pd.DataFrame({'a': [1, 2, 3]}).groupby('a').a.sum().sum())"
PROGRAM = "import numpy, pandas, matplotlib.pyplot; print(1)"
_PAUSE_S = 0.1
_SLOW_RUNS = 3
"""Of what takes Node seconds."""

RESTORE = Goal("restore to ready: numpy, pandas, matplotlib, Pillow imported", "ms", 5, 1)
FIRST = Goal("first pandas operation after it", "ms", 8, 3)
INLINE = Goal('warm run("1+1"), inline', "ms", 0.3, 0.1)
PROCESS = Goal('warm run("1+1"), process', "ms", 1, 0.4)
WHOLE = Goal("whole process, three imports, against native CPython", "ratio", 0.8, 0.4)


def restore_and_first_work(runs: int) -> list[Row]:
    """A fresh sandbox in a warm process, and what it does first."""
    native: dict[str, float | str] = {}
    node: dict[str, float | str] = {}
    native_first: dict[str, float | str] = {}
    try:
        times = [milliseconds(lambda: _quiet([native_python(), "-c", IMPORTS])) for _ in range(runs)]
        native["native CPython, a new process"] = statistics.median(times)
        native_first["native CPython"] = statistics.median(
            native_times(IMPORTS, f"exec({PANDAS!r}, {{}})", 1)[0] for _ in range(_SLOW_RUNS)
        )
    except PeerMissingError as error:
        native["native CPython"] = str(error)
    try:
        starts, firsts = [], []
        for _ in range(_SLOW_RUNS):
            with NodePyodide("numpy", "pandas", "matplotlib", "pillow") as peer:
                starts.append(peer.start_ms + peer.run(IMPORTS + "; 1")[1])
                firsts.append(peer.run(PANDAS)[1])
                node[f"Pyodide in Node {peer.version}"] = statistics.median(starts)
                native_first[f"Pyodide in Node {peer.version}"] = statistics.median(firsts)
    except PeerMissingError as error:
        node["Pyodide in Node"] = str(error)
    with Sandbox(isolation="inline") as sandbox:
        restored = sample(sandbox.reset, runs)
        assert sandbox.run(PANDAS).result == "6"
        first = sample(lambda: sandbox.run(PANDAS), runs, before=sandbox.reset)
        groupby = sample(lambda: sandbox.run(GROUPBY), runs, before=sandbox.reset)
        new = sample(lambda: Sandbox(isolation="inline").close(), runs)
    return [
        row(RESTORE, restored, native | node, {"made and closed by Sandbox()": statistics.median(new)}),
        row(FIRST, first, native_first, {"where it is a groupby": statistics.median(groupby)}),
    ]


def round_trips(runs: int) -> list[Row]:
    """The smallest cell, its beginning kept already, as it is a moment after the cell before; and what else there is.

    A processor that slept since the cell before has cold caches; a cell right after another keeps its beginning first.
    """
    rows = []
    for goal, isolation in ((INLINE, "inline"), (PROCESS, "process")):
        with Sandbox(isolation=isolation) as sandbox:  # type: ignore[arg-type]
            work = functools.partial(sandbox.run, "1+1")
            times = sample(work, 5 * runs, before=sandbox.checkpoint)
            paused = sample(work, 2 * runs, before=lambda: time.sleep(_PAUSE_S))
            at_once = sample(work, 5 * runs)
        details = {"after a pause": statistics.median(paused), "right after another cell": statistics.median(at_once)}
        rows.append(row(goal, times, details=details))
    return rows


def whole_process(runs: int) -> list[Row]:
    """The command against ``python -c``, one after the other, so that both see the same machine."""
    installed = Path(sys.executable).with_name("offline-ci")
    ours = [str(installed)] if installed.exists() else [sys.executable, "-m", "offline_ci.cli.main"]
    try:
        native = [native_python(), "-c", PROGRAM]
    except PeerMissingError as error:
        times = sample(lambda: _quiet([*ours, "exec", "-c", PROGRAM]), runs)
        return [Row(WHOLE, float("nan"), (), {"native CPython": str(error)}, {"ms": statistics.median(times)})]
    times, beside, small = [], [], []
    for i in range(runs + 1):
        measured = [
            milliseconds(lambda c=command: _quiet(c))
            for command in ([*ours, "exec", "-c", PROGRAM], native, [*ours, "exec", "-c", "print(1)"])
        ]
        if i:
            for samples, value in zip((times, beside, small), measured, strict=True):
                samples.append(value)
    ratio = statistics.median(times) / statistics.median(beside)
    details = {"ours in ms": statistics.median(times), "exec -c 'print(1)' in ms": statistics.median(small)}
    samples = [a / b for a, b in zip(times, beside, strict=True)]
    return [Row(WHOLE, ratio, samples, {"native CPython in ms": statistics.median(beside)}, dict(details))]


def _quiet(command: list[str]) -> None:
    environment = {**os.environ, "MPLBACKEND": "agg"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
