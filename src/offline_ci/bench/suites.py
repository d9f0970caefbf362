"""The suites that are known by name, and those that are files of yours."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_ci import _env
from offline_ci.artifacts.files import make_private_dir, replace, temporary_beside
from offline_ci.artifacts.runtime import dataset_file
from offline_ci.bench import checkout
from offline_ci.bench.formats import read_suite
from offline_ci.bench.tasks import Suite
from offline_ci.errors import ArtifactError, UsageError


@dataclass(frozen=True, slots=True)
class KnownSuite:
    """A suite with a name.

    Attributes:
        n_tasks: how many tasks it has.
        licence: of the data.
        description: what it asks for.
        dataset: its name in the lock file, where that pins the data.
        address: where its authors publish it; empty where there is a data set, or the source has it.
    """

    n_tasks: int
    licence: str
    description: str
    dataset: str = ""
    address: str = ""


_EVALPLUS: Final = "https://github.com/evalplus/{0}_release/releases/download/{1}/{2}.jsonl.gz"
_MBPP: Final = "https://raw.githubusercontent.com/google-research/google-research/master/mbpp/sanitized-mbpp.json"
_DS1000: Final = "https://raw.githubusercontent.com/xlang-ai/DS-1000/main/data/ds1000.jsonl.gz"

KNOWN: Final[Mapping[str, KnownSuite]] = {
    "humaneval": KnownSuite(
        164, "MIT", "HumanEval (Chen et al. 2021): complete a function from its docstring", dataset="humaneval"
    ),
    "humaneval+": KnownSuite(
        164, "Apache-2.0", "the same with 80 times the tests (EvalPlus, Liu et al. 2023)",
        address=_EVALPLUS.format("humanevalplus", "v0.1.10", "HumanEvalPlus"),
    ),
    "mbpp": KnownSuite(
        427, "CC-BY-4.0", "MBPP (Austin et al. 2021), sanitized: a function from a sentence", address=_MBPP
    ),
    "mbpp+": KnownSuite(
        378, "Apache-2.0", "the same with 35 times the tests (EvalPlus)",
        address=_EVALPLUS.format("mbppplus", "v0.2.0", "MbppPlus"),
    ),
    "ds1000": KnownSuite(
        1000, "CC-BY-SA-4.0", "DS-1000 (Lai et al. 2022): fill in lines of data science", address=_DS1000
    ),
    "interpreter": KnownSuite(129, "Apache-2.0", "our own: requests with files, checked by their outcome"),
    "everyday": KnownSuite(72, "Apache-2.0", "our own, written by others: everyday requests with files"),
}  # fmt: skip


def find_suite(name_or_path: str) -> Suite:
    """A suite by its name, or from a file, see ``formats.read_suite``.

    Raises:
        UsageError: there is none, or the file is none, or it has not been pulled.
        ArtifactMissingError, DigestMismatchError: its data is not here, or damaged.
    """
    known = KNOWN.get(name_or_path)
    if known is not None and known.dataset:
        return read_suite(name_or_path, dataset_file(known.dataset))
    if known is not None and not known.address:
        return checkout.read_sessions(name_or_path)
    if known is not None:
        place = _place(name_or_path)
        if not place.is_file():
            raise UsageError(
                f"The suite {name_or_path} is not here.", hint=f"Get it: offline-ci bench pull {name_or_path}"
            )
        return read_suite(name_or_path, place)
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return read_suite(path.name.removesuffix(".gz").rpartition(".")[0] or path.name, path)
    raise UsageError(
        f"There is no suite {name_or_path!r}.",
        hint=f"There are: {', '.join(KNOWN)}; or give a file of tasks, see docs/bench.md.",
    )


def is_present(name: str) -> bool:
    """Whether the data of a known suite is on this machine; if pinned, intact."""
    known = KNOWN[name]
    if known.dataset:
        try:
            dataset_file(known.dataset)
        except ArtifactError:
            return False
        return True
    return _place(name).is_file() if known.address else checkout.is_there()


def pull(name: str, source: str | None = None) -> Suite:
    """Get a suite, or replace it.

    Args:
        name: a known one.
        source: a file or an address; by default where its authors publish it.

    Raises:
        UsageError: there is no such suite, or what came is none.
        FetchError: it cannot be fetched.
    """
    # What only talks to a network is loaded where that is asked for.
    from offline_ci.artifacts.fetch.entry import fetch_address, fetch_runtime

    known = KNOWN.get(name)
    if known is None:
        raise UsageError(f"There is no suite {name!r}.", hint=f"There are: {', '.join(KNOWN)}.")
    if not known.address:
        if known.dataset and not is_present(name):
            fetch_runtime()
        return find_suite(name)
    with tempfile.TemporaryDirectory() as folder:
        origin = source or known.address
        is_address = origin.startswith(("http://", "https://"))
        file = fetch_address(origin, Path(folder)) if is_address else Path(origin).expanduser()
        read_suite(name, file)  # refuses what is none, before anything is replaced
        place = _place(name)
        with temporary_beside(place) as temporary:
            temporary.write_bytes(file.read_bytes())
            replace(temporary, place)
    return find_suite(name)


def _place(name: str) -> Path:
    return make_private_dir(_env.home() / "suites") / f"{name}.jsonl"
