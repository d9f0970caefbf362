"""Many sandboxes: their memory, how many a second, and whether anything grows."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import Goal, Row, row

from offline_ci import Sandbox
from offline_ci.sandbox.pool import SandboxPool

MEMORY = Goal("private memory of one more live idle sandbox", "MB", 10, 3)
RATE = Goal("sandboxes made, used and destroyed, 2 workers", "1/s", 100, 300, more_is_better=True)
GROWTH = Goal("growth of private memory over 10,000 of them", "MB", 4, 1)

_USE = "import pandas as pd; int(pd.Series([1, 2, 3]).sum())"
_LIVE = 16


def private_bytes() -> int:
    """Memory of this process that no other shares, in bytes; read from Linux' ``smaps_rollup``."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines[1:])
    return sum(int(fields[name].split()[0]) << 10 for name in ("Private_Dirty", "Private_Clean"))


def memory(runs: int) -> list[Row]:
    """Sandboxes that have run a cell and wait, in one process."""
    used = [[float(word) for word in _child("memory").split()] for _ in range(max(1, runs // 5))]
    idle, after_work = ([entry[i] for entry in used] for i in range(2))
    return [row(MEMORY, idle, details={"after a groupby in each": statistics.median(after_work)})]


def _memory_child() -> None:
    with Sandbox(isolation="inline") as first:
        first.run("1")
        before = private_bytes()
        live = [Sandbox(isolation="inline") for _ in range(_LIVE)]
        for sandbox in live:
            sandbox.run("1")
        idle = private_bytes()
        for sandbox in live:
            sandbox.run("import pandas as pd; pd.DataFrame({'a': range(1000)}).groupby('a').sum()")
        print((idle - before) / _LIVE / 1e6, (private_bytes() - before) / _LIVE / 1e6)
        for sandbox in live:
            sandbox.close()


def rate(runs: int) -> list[Row]:
    """A pool with two workers; every job gets a fresh sandbox and works with pandas."""
    jobs, rates = 100, []
    with SandboxPool(2) as pool:
        for _ in range(runs + 1):
            begin = time.perf_counter()
            assert set(pool.map(lambda sandbox, _i: sandbox.run(_USE).result, range(jobs))) == {"6"}
            rates.append(jobs / (time.perf_counter() - begin))
    return [row(RATE, rates[1:])]


def growth(cycles: int) -> list[Row]:
    """One process makes, uses and destroys sandboxes; memory, descriptors and mappings are counted on the way."""
    counts = [[float(word) for word in line.split()] for line in _child("growth", str(cycles)).splitlines()]
    early, late = counts[0], counts[-1]
    details: dict[str, float | str] = {
        "cycles": cycles, "ms each": late[3],
        "descriptors": f"{early[1]:.0f} → {late[1]:.0f}", "mappings": f"{early[2]:.0f} → {late[2]:.0f}",
    }  # fmt: skip
    return [Row(GROWTH, late[0] - early[0], [entry[0] for entry in counts], {}, details)]


def _growth_child(cycles: int) -> None:
    warm = max(20, cycles // 20)
    begin = time.perf_counter()
    for i in range(cycles):
        with Sandbox(isolation="inline") as sandbox:
            assert sandbox.run(_USE).result == "6"
        if i >= warm - 1 and (i - warm + 1) % max(1, (cycles - warm) // 10) == 0:
            gc.collect()  # what is left over must be nobody's, not merely waiting for the collector
            descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
            mappings = Path("/proc/self/maps").read_bytes().count(b"\n")
            print(private_bytes() / 1e6, descriptors, mappings, (time.perf_counter() - begin) / (i + 1) * 1000)


def _child(*arguments: str) -> str:
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    if sys.argv[1] == "memory":
        _memory_child()
    else:
        _growth_child(int(sys.argv[2]))
