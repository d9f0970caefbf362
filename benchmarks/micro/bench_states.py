"""States: forks and checkpoints of a live session."""

from __future__ import annotations

import statistics

from measure import Goal, Row, milliseconds, row, sample

from offline_ci import Sandbox

_FRAME = "import numpy as np, pandas as pd; frame = pd.DataFrame(np.arange(12_500_000.0).reshape(-1, 5)); count = 0"
"""100 MB."""

FORK = Goal("fork of a session that holds a DataFrame of 100 MB", "ms", 60, 10)
CHECKPOINT = Goal("checkpoint after a cell that changed little", "ms", 15, 2)


def forks(runs: int) -> list[Row]:
    """``fork()`` until the twin is there; it must then know the frame."""
    with Sandbox() as sandbox:
        assert sandbox.run(_FRAME).ok
        times, answers = [], []
        for _ in range(runs + 1):
            begun: list[Sandbox] = []
            times.append(milliseconds(lambda b=begun: b.append(sandbox.fork())))
            with begun[0] as twin:
                answers.append(milliseconds(lambda t=twin: t.run("frame.iloc[-1, -1]")))
                assert twin.run("int(frame.iloc[-1, -1])").result == "12499999"
    with Sandbox(isolation="inline") as sandbox:
        assert sandbox.run(_FRAME).ok
        inline = sample(lambda: sandbox.fork().close(), runs)
    details: dict[str, float | str] = {
        "the twin's first cell": statistics.median(answers[1:]),
        "inline, closed again": statistics.median(inline),
    }
    return [row(FORK, times[1:], details=details)]


def checkpoints(runs: int) -> list[Row]:
    """``checkpoint()`` right after a small cell, before idle time could do it."""
    with Sandbox(isolation="inline") as sandbox:
        sandbox.run("count = 0")
        small = sample(sandbox.checkpoint, runs, before=lambda: sandbox.run("count += 1"))
        sandbox.run(_FRAME)
        large = sample(sandbox.checkpoint, runs, before=lambda: sandbox.run("count += 1"))
        changed = sample(sandbox.checkpoint, runs, before=lambda: sandbox.run("frame.iloc[:, 0] += 1"))
    details: dict[str, float | str] = {
        "while it holds 100 MB": statistics.median(large),
        "after 20 MB of it changed": statistics.median(changed),
    }
    return [row(CHECKPOINT, small, details=details)]
