"""The development suite of the interpreter: requests as people write them, and checks of their outcome."""

from __future__ import annotations

import importlib
import pkgutil

from suites import everyday
from suites.interpreter import kinds
from suites.interpreter.task import Case, Given, Outcome, Task, Wrong

__all__ = ["SEEDS", "SUITES", "Case", "Given", "Outcome", "Task", "Wrong", "all_tasks"]

SEEDS = (1, 2, 3)


SUITES = {"interpreter": kinds, "everyday": everyday}


def all_tasks(suite: str = "interpreter") -> list[Task]:
    """Every task of a suite, by kind."""
    package = SUITES[suite]
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [task for name in names for task in importlib.import_module(f"{package.__name__}.{name}").TASKS]
