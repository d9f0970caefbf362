"""Each program of the corpus prints and raises in the sandbox what it does natively, or differs as is known."""

import errno
import re

import pytest

from conformance.corpus_data import (
    Outcome,
    expected_path,
    locked_versions,
    read_differences,
    read_programs,
    read_recording,
    verdict,
)
from offline_ci import ResourceLimits, Sandbox
from offline_ci.emscripten.abi.errno import Errno

PROGRAMS = read_programs()
AREAS = sorted({program.area for program in PROGRAMS})
DIFFERENCES = read_differences()
RECORD = "python tools/record_corpus.py"
LIMITS = ResourceLimits(time_s=30)


@pytest.fixture(scope="module")
def started():
    with Sandbox(limits=LIMITS) as sandbox:
        yield sandbox


def outcome_of(result):
    if result.status == "exit":
        error = f"SystemExit: {result.exit_code}"
    elif result.error:
        error = f"{result.error.ename}: {result.error.evalue}"
    else:
        error = "" if result.status == "ok" else f"[{result.status}]"
    return Outcome(with_linux_numbers(result.stdout), with_linux_numbers(error))


def with_linux_numbers(text):
    """The guest's error numbers are WASI's, in every program that prints one: a difference that is told once."""
    return re.sub(r"\[Errno (\d+)\]", lambda match: f"[Errno {getattr(errno, Errno(int(match[1])).name)}]", text)


@pytest.mark.runtime
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.id)
def test_the_sandbox_does_as_native_python_does(started, program):
    recording = read_recording(program.area)
    assert recording.digests.get(program.name) == program.digest, f"not recorded as it is now: {RECORD} {program.area}"
    native = recording.outcomes[program.name]
    started.reset()
    here = outcome_of(started.run(program.code))
    known = DIFFERENCES.get(program.id)
    assert not verdict(native, here, known), (here, native)
    if known:
        pytest.xfail(known.reason)


@pytest.mark.runtime
def test_the_recordings_are_of_the_sandboxs_versions(started):
    version = started.run("import sys; print(*sys.version_info[:2], sep='.')").stdout.strip()
    for area in AREAS:
        made_by = dict(read_recording(area).made_by)
        assert made_by.pop("python").rpartition(".")[0] == version, f"{RECORD} {area}"
        assert made_by == locked_versions(), f"{RECORD} {area}"


@pytest.mark.parametrize("area", AREAS)
def test_a_recording_holds_the_areas_programs_and_no_others(area):
    assert list(read_recording(area).outcomes) == [program.name for program in PROGRAMS if program.area == area], RECORD


def test_no_recording_is_of_an_area_that_is_gone():
    assert {path.stem for path in expected_path("any").parent.iterdir()} == set(AREAS)


def test_every_difference_is_of_a_program():
    assert set(DIFFERENCES) <= {program.id for program in PROGRAMS}


def test_every_program_is_one_of_its_own():
    assert len({program.digest for program in PROGRAMS}) == len(PROGRAMS)
