"""The suites that are known by name, and those that are files of yours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_ci.artifacts.runtime import dataset_file
from offline_ci.bench.tasks import Suite, read_suite
from offline_ci.errors import ArtifactError, UsageError


@dataclass(frozen=True, slots=True)
class KnownSuite:
    """A suite of which the lock file pins the data.

    Attributes:
        dataset: its name in the lock file.
        n_tasks: how many tasks it has.
        licence: of the data.
        description: what it asks for.
    """

    dataset: str
    n_tasks: int
    licence: str
    description: str


KNOWN: Final[Mapping[str, KnownSuite]] = {
    "humaneval": KnownSuite(
        "humaneval", 164, "MIT", "HumanEval (Chen et al. 2021): complete a function from its head and docstring"
    ),
}


def find_suite(name_or_path: str) -> Suite:
    """A suite by its name, or from a file in HumanEval's, MBPP's or EvalPlus's format.

    Raises:
        UsageError: there is none, or the file is none.
        ArtifactMissingError, DigestMismatchError: its data is not here, or damaged.
    """
    known = KNOWN.get(name_or_path)
    if known is not None:
        return read_suite(name_or_path, dataset_file(known.dataset))
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return read_suite(path.name.removesuffix(".gz").removesuffix(".jsonl"), path)
    raise UsageError(
        f"There is no suite {name_or_path!r}.",
        hint=f"There are: {', '.join(KNOWN)}; or give a file of JSON lines, see docs/bench.md.",
    )


def is_present(suite: KnownSuite) -> bool:
    """Whether its data is on this machine, and intact."""
    try:
        dataset_file(suite.dataset)
    except ArtifactError:
        return False
    return True
