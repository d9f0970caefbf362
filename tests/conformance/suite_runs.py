"""What became of a suite's modules in the sandbox, and what of it is unexpected."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from conformance.suite import Known, Plan
from conformance.suites.told import MARK
from offline_ci import ExecutionResult

PASSED, FAILED, NOT_RUN, SKIPPED = KINDS = ("passed", "failed", "not run", "skipped")


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


def find_known(known: Iterable[Known], test: str) -> Known | None:
    """What is known of a test."""
    return next((one for one in known if any(fnmatchcase(test, pattern) for pattern in one.patterns)), None)


def find_skip(skips: Iterable[Known], reason: str) -> Known | None:
    """What is known of the suite's reason to skip a test."""
    return next((one for one in skips if any(re.search(pattern, reason) for pattern in one.patterns)), None)


def verdicts(plan: Plan, run: Run) -> list[str]:
    """What is unexpected in a module's run, and what to do about it."""
    wrong, fails = [], plan.fails_of(run.module)
    if run.broken_in:
        text = run.tests[run.broken_in].text
        wrong.append(f"{run.broken_in} ended the run: mend it, or list it in `not_run` of known.toml. {text}")
    for test, outcome in run.tests.items():
        if test == run.broken_in:
            continue
        known = find_known(fails, test)
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
    for run in by_module.values():
        for one in (*plan.fails_of(run.module), *plan.not_run_of(run.module)):
            idle += [pattern for pattern in one.patterns if not any(fnmatchcase(test, pattern) for test in run.tests)]
    if len(by_module) == len(plan.modules):
        reasons = [reason for run in by_module.values() for _, reason in run.skips]
        skips = [pattern for one in plan.skips for pattern in one.patterns]
        idle += [pattern for pattern in skips if not any(re.search(pattern, reason) for reason in reasons)]
    return idle


def known_reasons(plan: Plan, run: Run) -> dict[str, Counter[str]]:
    """Why tests of a module failed, were not run and were skipped, as is known, with how many; by kind."""
    counters: dict[str, Counter[str]] = {FAILED: Counter(), NOT_RUN: Counter(), SKIPPED: Counter()}
    listed = {FAILED: plan.fails_of(run.module), NOT_RUN: plan.not_run_of(run.module)}
    for test, outcome in run.tests.items():
        if outcome.kind == SKIPPED:
            known = find_skip(plan.skips, outcome.text)
        else:
            known = find_known(listed.get(outcome.kind, ()), test)
        if known:
            counters[outcome.kind][known.reason] += 1
    return counters


def parse_run(module: str, result: ExecutionResult) -> Run:
    """What the guest told of a module; where it did not come to the end, the test that it was in failed."""
    tests: dict[str, Outcome] = {}
    parts: dict[str, str] = {}
    current, has_ended = module, False
    for line in result.stdout.split("\n"):
        if not line.startswith(MARK):
            continue
        told = json.loads(line.removeprefix(MARK))
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
