"""A runtime of the standard library and two C++ packages: all steps of the build in seconds.

As a program: ``python small_build.py HOME`` builds it there and prints every event, one JSON array a line.
"""

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path

from offline_ci.artifacts.lockfile import runtime_lock
from offline_ci.artifacts.store import Store
from offline_ci.pyodide.build import build_runtime

CXX_EXCEPTION = """
import kiwisolver as k
x, solver = k.Variable("x"), k.Solver()
solver.addConstraint((x == 1) | "required")
try:
    solver.addConstraint((x == 2) | "required")
except k.UnsatisfiableConstraint as e:
    print("caught", type(e).__name__)
"""
"""A program in which C++ throws and catches."""
PACKAGES = ("kiwisolver", "contourpy", "numpy", "six")


def small_lock():
    """The shipped lock file with four wheels left."""
    lock = runtime_lock()
    files = [spec for spec in lock.files if spec.role != "wheel" or spec.filename.startswith(PACKAGES)]
    return dataclasses.replace(lock, files=tuple(files))


CACHES = ("tools", "translated", "compiled", "bytecode")


def make_home(folder, *, caches=CACHES):
    """A home with the distribution's files, and what earlier builds left in these caches."""
    real, lock = Store(), small_lock()
    store = Store(folder)
    for spec in lock.files:
        target = store.path(spec)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(real.get(spec), target)
    for cache in caches:
        shutil.copytree(real.root / "cache" / cache, folder / "cache" / cache)
    return store


class Printer:
    """Prints events."""

    def report(self, event):
        print(json.dumps([event.step, event.done, event.total, event.item]), flush=True)

    def message(self, text):
        print(json.dumps([text, 0, 0, ""]), flush=True)


if __name__ == "__main__":
    try:
        print(
            json.dumps(
                ["built", 1, 1, build_runtime(Printer(), store=Store(Path(sys.argv[1])), lock=small_lock()).build_id]
            )
        )
    except KeyboardInterrupt:
        print(json.dumps(["interrupted", 1, 1, ""]))
        sys.stdout.flush()
        os._exit(130)
