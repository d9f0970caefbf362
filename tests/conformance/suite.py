"""Test suites that others wrote, CPython's own and those of packages: what is run in the sandbox, and what is known.

Each has a folder of data below ``suites``. ``modules.toml`` has its modules by area, the sample, and what is left out;
``known.toml`` the tests that fail or are not run here, and what the suite itself skips, each with the reason. Patterns
are those of ``fnmatch``.

A test of CPython's is named as unittest names it, without the package, ``test_json.test_default.TestC.test_x``; where
that does not begin with the module, it stands before it: ``test_x: setUpClass (test_x.Class)``. A test of a package's
is named as pytest names it, after the file's path without the package, ``tests`` and the ending:
``linalg/test_linalg::TestQR::test_mode_raw``.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import platformdirs

from offline_ci.artifacts.digest import digest_file

FOLDER = Path(__file__).parent / "suites"
PINNED = FOLDER / "packages.txt"
"""The wheels that packages' suites are made of, as pip reads it."""
_CACHE = platformdirs.user_cache_path("offline-ci")


@dataclass(frozen=True)
class Suite:
    """A test suite.

    Attributes:
        name: as people read it.
        folder: of its data.
        archive: all of it in one file, which can be granted.
        get: the command that makes the archive.
        guest: the file that runs it in the sandbox.
        image: what the sandbox starts from.
        members: finds a module among the names in the archive; its groups together are the module's name.
    """

    name: str
    folder: Path
    archive: Path
    get: str
    guest: Path
    image: str
    members: str

    @functools.cached_property
    def digest(self) -> str:
        """Tells one archive from another."""
        return digest_file(self.archive).sha256

    @property
    def record(self) -> str:
        """The command that runs all of it and writes the figures."""
        return f"python tools/record_suite.py {self.folder.name}"

    def pack(self, members: Iterable[tuple[str, bytes]]) -> None:
        """Make the archive: not compressed and without times, so that it has the same bytes everywhere."""
        self.archive.parent.mkdir(parents=True, exist_ok=True)
        part = self.archive.with_suffix(".part")
        with zipfile.ZipFile(part, "w") as file:
            for name, data in members:
                file.writestr(zipfile.ZipInfo(name), data)
        part.replace(self.archive)
        print(f"[{self.name}'s tests] {self.archive}", flush=True)

    def modules(self) -> set[str]:
        """All that are in the archive; a package of modules is one."""
        with zipfile.ZipFile(self.archive) as file:
            found = map(re.compile(self.members).match, file.namelist())
            return {"".join(group or "" for group in match.groups()) for match in found if match}


def _of_package(name: str) -> Suite:
    return Suite(
        name=name,
        folder=FOLDER / name,
        # Other wheels are another archive, which is not there yet.
        archive=_CACHE / "package-tests" / digest_file(PINNED).sha256[:16] / f"{name}.zip",
        get="python tools/package_tests.py",
        guest=FOLDER / "packages_guest.py",
        image="standard",
        members=rf"{name}/(.+/)?tests/(.+/)?(test_\w+)\.py$",
    )


CPYTHON = Suite(
    name="CPython",
    folder=FOLDER / "cpython",
    archive=_CACHE / "cpython-tests" / "tests.zip",
    get="python tools/cpython_tests.py",
    guest=FOLDER / "cpython_guest.py",
    image="plain",
    members=r"test/(test_\w+)(?:\.py$|/)",
)
NUMPY, PANDAS = _of_package("numpy"), _of_package("pandas")
SUITES = (CPYTHON, NUMPY, PANDAS)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of tests or modules.

    Attributes:
        reason: why, in one sentence.
        patterns: of their ids; for skips, a regular expression of what the suite gives as its reason.
    """

    reason: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What is run, and what is known of it.

    Attributes:
        areas: modules by area.
        sample: the modules of ``make test``.
        left_out: modules that make no sense here.
        fails: tests that fail here.
        not_run: tests that would end their module's run, or hold it up for too long.
        skips: what the suite itself skips here, by the reason that it gives.
    """

    areas: dict[str, tuple[str, ...]]
    sample: tuple[str, ...]
    left_out: tuple[Known, ...]
    fails: tuple[Known, ...]
    not_run: tuple[Known, ...]
    skips: tuple[Known, ...]

    @functools.cached_property
    def modules(self) -> tuple[str, ...]:
        """All that are run."""
        return tuple(module for modules in self.areas.values() for module in modules)

    def fails_of(self, module: str) -> tuple[Known, ...]:
        """What fails of a module."""
        return self._by_module[0].get(module, ())

    def not_run_of(self, module: str) -> tuple[Known, ...]:
        """What is not run of a module."""
        return self._by_module[1].get(module, ())

    @functools.cached_property
    def _by_module(self) -> tuple[dict[str, tuple[Known, ...]], ...]:
        return tuple(self._sorted(known) for known in (self.fails, self.not_run))

    def _sorted(self, known: tuple[Known, ...]) -> dict[str, tuple[Known, ...]]:
        by_module: dict[str, tuple[Known, ...]] = {}
        for one in known:
            for pattern in one.patterns:
                module = self.module_of(pattern)
                by_module[module] = (*by_module.get(module, ()), Known(one.reason, (pattern,)))
        return by_module

    @functools.cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(self.modules)

    def module_of(self, pattern: str) -> str:
        """The module that a pattern begins with.

        Raises:
            ValueError: it is none that is run.
        """
        module, dot = pattern.partition(":")[0], "."
        while module not in self._modules and dot:
            module, dot, _ = module.rpartition(".")
        if module not in self._modules:
            raise ValueError(f"known.toml: {pattern} does not begin with a module that is run.")
        return module


@dataclass(frozen=True, slots=True)
class Figures:
    """What was recorded of a run of everything.

    Attributes:
        version: of the suite.
        digest: of the archive.
        reasons: how many tests failed, were not run and were skipped for what reason; by kind.
        modules: counts of each module.
    """

    version: str
    digest: str
    reasons: dict[str, dict[str, int]]
    modules: dict[str, dict[str, int]]


def pinned_versions() -> dict[str, str]:
    """Versions by the name of the package."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    return dict(line.split()[0].split("==") for line in lines if "==" in line)


def read_plan(folder: Path) -> Plan:
    """The two files of data."""
    modules = tomllib.loads((folder / "modules.toml").read_text(encoding="utf-8"))
    known = tomllib.loads((folder / "known.toml").read_text(encoding="utf-8"))
    return Plan(
        {area: tuple(names) for area, names in modules["areas"].items()},
        tuple(modules["sample"]),
        _read_known(modules["left_out"], "modules"),
        _read_known(known.get("fails", []), "tests"),
        _read_known(known.get("not_run", []), "tests"),
        _read_known(known.get("skips", []), "patterns"),
    )


def _read_known(tables: list[dict[str, object]], key: str) -> tuple[Known, ...]:
    for table in tables:
        if set(table) != {"reason", key}:
            raise ValueError(f"A table needs `reason` and `{key}`, and nothing else: {table}")
    return tuple(Known(table["reason"], tuple(table[key])) for table in tables)


def read_figures(folder: Path) -> Figures:
    """What was recorded."""
    return Figures(**json.loads((folder / "figures.json").read_text(encoding="utf-8")))


def write_figures(folder: Path, figures: Figures) -> None:
    """Record them, a module a line."""
    head = json.dumps(asdict(replace(figures, modules={})), indent=1).removesuffix("{}\n}")
    lines = (f"  {json.dumps(module)}: {json.dumps(counts)}" for module, counts in figures.modules.items())
    text = head + "{\n" + ",\n".join(lines) + "\n }\n}\n"
    (folder / "figures.json").write_text(text, encoding="utf-8")
