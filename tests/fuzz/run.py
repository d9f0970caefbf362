"""Fuzz everything with atheris (libFuzzer, guided by coverage), several targets at once, for a bounded time.

    python tests/fuzz/run.py [--seconds N] [--jobs N] [--only TARGET]... [--replay FILE]

What is found is kept below demo-output/fuzz/<target>: read the traceback, mend, and move the file to
tests/fuzz/regressions/<target>, where the tests replay it. Exits with 1 where something was found, and where a run of
all targets did less than a million cases.
"""

from __future__ import annotations

import argparse
import mmap
import os
import shutil
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

GOAL = 1_000_000
_FOUND = ROOT / "demo-output" / "fuzz"
_NUMBER = struct.Struct("<Q")
_INPUT_BYTES = 4096


@dataclass(frozen=True)
class Outcome:
    """Of one target's run."""

    name: str
    n_cases: int
    seconds: float
    found: list[Path]
    log: str


def main() -> None:
    """Entry point."""
    options = _options()
    if options.child:
        _fuzz(*options.child)
    from fuzz.targets import TARGETS

    names = options.only or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        sys.exit(f"There is no target {', '.join(sorted(unknown))}. There are: {', '.join(TARGETS)}.")
    if options.replay:
        for name in names:
            print(f"{name}: {TARGETS[name].run(options.replay.read_bytes())} cases, nothing wrong")
        return
    shares = {name: TARGETS[name].share for name in names}
    second = options.seconds * options.jobs / sum(shares.values())
    print(f"{len(names)} targets, {options.jobs} at once, about {options.seconds} s in all", flush=True)
    begin = time.monotonic()
    # The longest first, so that no processor waits at the end.
    with ThreadPoolExecutor(options.jobs) as pool:
        jobs = [
            pool.submit(_run, name, max(2, round(second * shares[name])))
            for name in sorted(names, key=shares.__getitem__, reverse=True)
        ]
        outcomes = [job.result() for job in jobs]
    sys.exit(_report(outcomes, time.monotonic() - begin, is_whole=not options.only))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together (default 600)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at once")
    parser.add_argument("--only", action="append", metavar="TARGET", help="this target only; can be repeated")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run the targets once on a file that was found")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(name: str, seconds: int) -> Outcome:
    from fuzz.targets import TARGETS, regressions

    folder = _FOUND / name
    corpus = folder / "corpus"
    shutil.rmtree(folder, ignore_errors=True)
    corpus.mkdir(parents=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    for path in regressions(name):
        shutil.copy(path, corpus)
    counter = folder / "cases"
    counter.write_bytes(bytes(_NUMBER.size))
    begin = time.monotonic()
    child = subprocess.run(
        [sys.executable, __file__, "--child", name, str(seconds), str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    elapsed = time.monotonic() - begin
    (n_cases,) = _NUMBER.unpack(counter.read_bytes())
    found = sorted(path for path in folder.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-", "leak-")))
    log = child.stdout.decode("utf-8", "replace")
    if child.returncode and not found:
        sys.exit(f"The fuzzer of {name} did not run (status {child.returncode}):\n{log[-3000:]}")
    outcome = Outcome(name, n_cases, elapsed, found, log)
    print(f"  {name:10} {n_cases:>10,} cases in {elapsed:4.0f} s{'  FOUND SOMETHING' if found else ''}", flush=True)
    return outcome


def _report(outcomes: list[Outcome], seconds: float, *, is_whole: bool) -> int:
    total = sum(outcome.n_cases for outcome in outcomes)
    for outcome in outcomes:
        for path in outcome.found:
            print(f"\n{outcome.name}: {path.relative_to(ROOT)}\n{_traceback(outcome.log)}")
            print(f"Again: python tests/fuzz/run.py --only {outcome.name} --replay {path.relative_to(ROOT)}")
    n_found = sum(len(outcome.found) for outcome in outcomes)
    print(f"{total:,} cases in {seconds:.0f} s, {n_found} findings")
    if is_whole and total < GOAL:
        print(f"That is less than {GOAL:,}: give it more time, --seconds N.")
    return int(bool(n_found) or (is_whole and total < GOAL))


def _traceback(log: str) -> str:
    _, _, behind = log.rpartition("=== Uncaught Python exception: ===")
    return behind.partition("\n==")[0].strip() or log[-2000:]


def _fuzz(name: str, seconds: str, folder: str) -> None:
    """The process that fuzzes one target; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["offline_ci"], enable_loader_override=False):
        from fuzz.targets import TARGETS

    file = (Path(folder) / "cases").open("r+b")
    cases = mmap.mmap(file.fileno(), _NUMBER.size)
    run, n_cases = TARGETS[name].run, 0

    def test_one_input(data: bytes) -> None:
        nonlocal n_cases
        n_cases += run(data)
        _NUMBER.pack_into(cases, 0, n_cases)

    atheris.Setup(
        [
            "fuzz", f"{folder}/corpus", f"-max_total_time={seconds}", f"-artifact_prefix={folder}/",
            f"-max_len={_INPUT_BYTES}", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
        ],
        test_one_input,
    )  # fmt: skip
    atheris.Fuzz()


if __name__ == "__main__":
    main()
