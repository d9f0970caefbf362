"""Many sandboxes at once under load, for minutes: nothing lost, nothing leaked, no process and no file left.

    python tests/security/soak.py [--sandboxes N] [--minutes N]

Each sandbox keeps a number of its own and a file of its own, and is told again and again to compute, to draw, to run
into a limit, to go back to a checkpoint, to fork, to be killed. After each step both must be what they must be. Prints
a line every ten seconds, and a table at the end; exits with 1 where something was lost or left.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from offline_ci import ResourceLimits, Sandbox
from offline_ci.errors import WorkerCrashedError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.processes import children, guest_memory_bytes

LIMITS = ResourceLimits(time_s=20.0, memory_bytes=256 << 20, output_bytes=64 << 10, disk_bytes=16 << 20)
_LOOP = "while True: pass"


@dataclass
class Soak:
    """What has happened so far.

    Attributes:
        steps: done, by kind.
        wrong: what was not as it must be.
    """

    steps: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


class Resident:
    """One sandbox and what must be true of it."""

    def __init__(self, number: int, soak: Soak) -> None:
        self._number = number
        self._soak = soak
        self._random = random.Random(number)  # noqa: S311
        self._value = 0
        self._sandbox = Sandbox(limits=LIMITS)
        self._begin()

    def _begin(self) -> None:
        self._value = self._number * 1000
        self._sandbox.files.write("mine.txt", str(self._number).encode())
        self._expect("ok", f"value = {self._value}")

    def live(self) -> None:
        """Step after step until it is told to stop."""
        kinds: list[Callable[[], None]] = [
            self.add, self.add, self.add, self.numpy, self.draw, self.fail, self.print_too_much, self.use_memory,
            self.use_disk, self.loop, self.go_back, self.fork, self.exit, self.die,
        ]  # fmt: skip
        with self._sandbox:
            while not self._soak.stop.is_set():
                step = self._random.choice(kinds)
                try:
                    step()
                    self._check()
                except Exception as error:  # noqa: BLE001 - told at the end
                    self._soak.wrong.append(f"sandbox {self._number}, {step.__name__}: {type(error).__name__}: {error}")
                    return
                self._soak.steps[step.__name__] += 1

    def _expect(self, status: str, code: str, **options: float) -> str | None:
        result = self._sandbox.run(code, **options)
        if result.status != status:
            raise AssertionError(f"{result.status} instead of {status}: {result.error} {result.stderr[-300:]}")
        return result.result

    def _check(self) -> None:
        found = self._expect("ok", "(value, open('mine.txt').read())")
        if found != str((self._value, str(self._number))):
            raise AssertionError(f"{found} instead of {self._value}")

    def add(self) -> None:
        self._value += 1
        self._expect("ok", "value += 1")

    def numpy(self) -> None:
        self._expect("ok", "import numpy as np; a = np.random.rand(300, 300); float((a @ a).sum())")

    def draw(self) -> None:
        self._expect("ok", "import matplotlib.pyplot as plt; plt.plot([1, 2, 3]); plt.show()")

    def fail(self) -> None:
        self._expect("error", "value += 1; 1 / 0")
        self._value += 1

    def print_too_much(self) -> None:
        self._expect("output_limit", "while True: print('x' * 1000)")

    def use_memory(self) -> None:
        self._expect("memory_limit", "value += 1; bytearray(1 << 30)")

    def use_disk(self) -> None:
        self._expect("disk_limit", "open('big', 'wb').write(bytes(17 << 20))")
        self._sandbox.files.remove("big")

    def loop(self) -> None:
        self._expect("time_limit", f"value += 1\n{_LOOP}", time_s=0.3)

    def go_back(self) -> None:
        checkpoint = self._sandbox.checkpoint()
        self._expect("ok", "value = 'lost'; open('mine.txt', 'w').write('lost')")
        self._sandbox.restore(checkpoint)

    def fork(self) -> None:
        with self._sandbox.fork() as twin:
            if twin.run("value = 'twin'; open('mine.txt', 'w').write('twin'); value").result != "'twin'":
                raise AssertionError("the fork does not answer")

    def exit(self) -> None:
        self._expect("exit", "import os; os._exit(3)")

    def die(self) -> None:
        worker = self._sandbox._backend._process.pid
        os.kill(worker, signal.SIGKILL)
        try:
            self._sandbox.run("1")
        except WorkerCrashedError:
            self._begin()
            return
        raise AssertionError("a killed worker answered")


def soak(n_sandboxes: int, seconds: float, tell: Callable[[str], None]) -> Soak:
    """Let so many sandboxes live so long; what was wrong is in the result."""
    state = Soak()
    with tempfile.TemporaryDirectory() as temporary:
        before = _belongings(temporary)
        tempfile.tempdir = temporary
        try:
            _live(n_sandboxes, seconds, state, tell)
        finally:
            tempfile.tempdir = None
        after = _belongings(temporary)
        for name in before:
            if after[name] > before[name]:
                state.wrong.append(f"{after[name] - before[name]} {name} left")
    return state


def _live(n_sandboxes: int, seconds: float, state: Soak, tell: Callable[[str], None]) -> None:
    begin = time.monotonic()
    residents = [Resident(number, state) for number in range(n_sandboxes)]
    tell(f"{n_sandboxes} sandboxes started in {time.monotonic() - begin:.1f} s")
    threads = [threading.Thread(target=resident.live) for resident in residents]
    for thread in threads:
        thread.start()
    try:
        while (left := begin + seconds - time.monotonic()) > 0 and not state.wrong:
            state.stop.wait(min(10.0, left))
            memory = guest_memory_bytes() / 1e6
            tell(f"{time.monotonic() - begin:5.0f} s  {state.steps.total():>7,} steps  workers {memory:,.0f} MB")
    finally:
        state.stop.set()
        for thread in threads:
            thread.join()


def _belongings(temporary: str) -> dict[str, int]:
    gc.collect()
    return {
        "processes": len(children()),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "temporary files": len(list(Path(temporary).iterdir())),
    }


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandboxes", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    options = parser.parse_args()
    state = soak(options.sandboxes, options.minutes * 60, lambda line: print(line, flush=True))
    for name, n in sorted(state.steps.items()):
        print(f"  {name:16} {n:>8,}")
    print(*state.wrong or ["nothing lost, nothing left"], sep="\n")
    sys.exit(bool(state.wrong))


if __name__ == "__main__":
    main()
