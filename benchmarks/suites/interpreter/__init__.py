"""The development suite of the interpreter: requests as people write them, and checks of their outcome."""

from __future__ import annotations

import importlib
import pkgutil

from suites.interpreter import kinds
from suites.interpreter.task import Case, Given, Outcome, Task, Wrong

__all__ = ["SEEDS", "Case", "Given", "Outcome", "Task", "Wrong", "all_tasks"]

SEEDS = (1, 2, 3)


def all_tasks() -> list[Task]:
    """Every task, by kind."""
    names = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    return [task for name in names for task in importlib.import_module(f"{kinds.__name__}.{name}").TASKS]
