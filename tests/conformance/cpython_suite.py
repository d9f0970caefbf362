"""CPython's own test suite: which modules are run in the sandbox, and what is known of their tests.

``cpython/modules.toml`` has the modules by area, the sample, and what is left out; ``cpython/known.toml`` the tests
that fail or are not run here, and what the suite itself skips, each with the reason. A test is named as unittest names
it, without the package, ``test_json.test_default.TestC.test_x``; where that does not begin with the module, it stands
before it: ``test_x: setUpClass (test_x.Class)``. Patterns are those of ``fnmatch``.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import platformdirs

from offline_ci import ExecutionResult
from offline_ci.artifacts.digest import digest_file

FOLDER = Path(__file__).parent / "cpython"
FIGURES = FOLDER / "figures.json"
ARCHIVE = platformdirs.user_cache_path("offline-ci") / "cpython-tests" / "tests.zip"
"""The suite in one file, which can be granted; ``tools/cpython_tests.py`` makes it."""
PASSED, FAILED, NOT_RUN, SKIPPED = KINDS = ("passed", "failed", "not run", "skipped")
_MARK = "\x1e"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of tests or modules.

    Attributes:
        reason: why, in one sentence.
        patterns: of their ids; for skips, a regular expression of what the suite gives as its reason.
    """

    reason: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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

    @property
    def modules(self) -> list[str]:
        """All that are run."""
        return [module for modules in self.areas.values() for module in modules]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test.

    Attributes:
        kind: one of ``KINDS``.
        text: the end of the traceback, or why it was skipped.
        elapsed_s: seconds it took.
    """

    kind: str
    text: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a module.

    Attributes:
        module: its name.
        tests: outcomes by id.
        parts: why parts of tests were skipped, by id; the tests themselves have outcomes of their own.
        elapsed_s: seconds it took.
        broken_in: the test, or else the module, in which the run ended before its end; empty where it did not.
    """

    module: str
    tests: dict[str, Outcome]
    parts: dict[str, str]
    elapsed_s: float
    broken_in: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many tests there are of each kind."""
        counter = Counter(outcome.kind for outcome in self.tests.values())
        return {kind: counter[kind] for kind in KINDS}

    @property
    def skips(self) -> list[tuple[str, str]]:
        """What was skipped, with the suite's reason."""
        whole = [(test, outcome.text) for test, outcome in self.tests.items() if outcome.kind == SKIPPED]
        return whole + list(self.parts.items())


@dataclass(frozen=True, slots=True)
class Figures:
    """What was recorded of a run of everything.

    Attributes:
        version: CPython's, of the suite.
        digest: of ``ARCHIVE``.
        reasons: how many tests failed, were not run and were skipped for what reason; by kind.
        modules: counts of each module.
    """

    version: str
    digest: str
    reasons: dict[str, dict[str, int]]
    modules: dict[str, dict[str, int]]


def read_plan() -> Plan:
    """The two files of data."""
    modules = tomllib.loads((FOLDER / "modules.toml").read_text(encoding="utf-8"))
    known = tomllib.loads((FOLDER / "known.toml").read_text(encoding="utf-8"))
    return Plan(
        {area: tuple(names) for area, names in modules["areas"].items()},
        tuple(modules["sample"]),
        _read_known(modules["left_out"], "modules"),
        _read_known(known["fails"], "tests"),
        _read_known(known["not_run"], "tests"),
        _read_known(known["skips"], "patterns"),
    )


def _read_known(tables: list[dict[str, object]], key: str) -> tuple[Known, ...]:
    for table in tables:
        if set(table) != {"reason", key}:
            raise ValueError(f"A table needs `reason` and `{key}`, and nothing else: {table}")
    return tuple(Known(table["reason"], tuple(table[key])) for table in tables)


def read_figures() -> Figures:
    """What was recorded."""
    return Figures(**json.loads(FIGURES.read_text(encoding="utf-8")))


def write_figures(figures: Figures) -> None:
    """Record them."""
    FIGURES.write_text(json.dumps(asdict(figures), indent=1) + "\n", encoding="utf-8")


@functools.cache
def archive_digest() -> str:
    """Tells one suite from another."""
    return digest_file(ARCHIVE).sha256


def find_known(known: Iterable[Known], test: str) -> Known | None:
    """What is known of a test."""
    return next((one for one in known if any(fnmatchcase(test, pattern) for pattern in one.patterns)), None)


def find_skip(skips: Iterable[Known], reason: str) -> Known | None:
    """What is known of the suite's reason to skip a test."""
    return next((one for one in skips if any(re.search(pattern, reason) for pattern in one.patterns)), None)


def verdicts(plan: Plan, run: Run) -> list[str]:
    """What is unexpected in a module's run, and what to do about it."""
    wrong = []
    if run.broken_in:
        text = run.tests[run.broken_in].text
        wrong.append(f"{run.broken_in} ended the run: mend it, or list it in `not_run` of known.toml. {text}")
    for test, outcome in run.tests.items():
        if test == run.broken_in:
            continue
        known = find_known(plan.fails, test)
        if outcome.kind == FAILED and not known:
            wrong.append(
                f"{test} failed: mend it, or list it in `fails` of known.toml with the reason.\n{outcome.text}"
            )
        elif outcome.kind == PASSED and known:
            wrong.append(f"{test} passes now: take it out of `fails` in known.toml ({known.reason}).")
    for test, reason in run.skips:
        if not find_skip(plan.skips, reason):
            wrong.append(f"{test} was skipped, and {reason!r} fits nothing in `skips` of known.toml.")
    return wrong


def idle_patterns(plan: Plan, runs: Iterable[Run]) -> list[str]:
    """Patterns of ``known.toml`` that fit nothing in these runs, though they are of these modules."""
    by_module = {run.module: run for run in runs}
    idle = []
    for pattern in (pattern for one in (*plan.fails, *plan.not_run) for pattern in one.patterns):
        run = by_module.get(module_of(plan, pattern))
        if run and not any(fnmatchcase(test, pattern) for test in run.tests):
            idle.append(pattern)
    if len(by_module) == len(plan.modules):
        reasons = [reason for run in by_module.values() for _, reason in run.skips]
        skips = [pattern for one in plan.skips for pattern in one.patterns]
        idle += [pattern for pattern in skips if not any(re.search(pattern, reason) for reason in reasons)]
    return idle


def module_of(plan: Plan, pattern: str) -> str:
    """The module that a pattern is of.

    Raises:
        ValueError: it is of none that is run.
    """
    found = [module for module in plan.modules if re.match(rf"{re.escape(module)}([.:]|$)", pattern)]
    if not found:
        raise ValueError(f"known.toml: {pattern} does not begin with a module that is run.")
    return max(found, key=len)


def known_reasons(plan: Plan, run: Run) -> dict[str, Counter[str]]:
    """Why tests of a module failed, were not run and were skipped, as is known, with how many; by kind."""
    counters: dict[str, Counter[str]] = {FAILED: Counter(), NOT_RUN: Counter(), SKIPPED: Counter()}
    for test, outcome in run.tests.items():
        if outcome.kind == SKIPPED:
            known = find_skip(plan.skips, outcome.text)
        else:
            known = find_known({FAILED: plan.fails, NOT_RUN: plan.not_run}.get(outcome.kind, ()), test)
        if known:
            counters[outcome.kind][known.reason] += 1
    return counters


def parse_run(module: str, result: ExecutionResult) -> Run:
    """What the guest told of a module; where it did not come to the end, the test that it was in failed."""
    tests: dict[str, Outcome] = {}
    parts: dict[str, str] = {}
    current, has_ended = module, False
    for line in result.stdout.split("\n"):
        if not line.startswith(_MARK):
            continue
        told = json.loads(line.removeprefix(_MARK))
        if "begin" in told:
            current = told["begin"]
        elif "part" in told:
            parts[told["part"]] = told["text"]
        elif "end" in told:
            has_ended = True
        else:
            if tests.get(told["id"], Outcome(PASSED)).kind != FAILED:
                tests[told["id"]] = Outcome(told["outcome"], told.get("text", ""), told.get("s", 0.0))
            current = module
    if not has_ended:
        error = f" {result.error.ename}: {result.error.evalue}" if result.error else ""
        text = f"The run ended here: {result.status}{error}\n{result.stderr[-1000:]}"
        tests[current] = Outcome(FAILED, text, result.elapsed_s)
    return Run(module, tests, parts, result.elapsed_s, "" if has_ended else current)
