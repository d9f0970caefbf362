"""The small parts: statuses, neutral text, formats, failures, interrupts."""

import os
import re
import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci import errors
from offline_ci.cli import exit_codes, failure
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.format import duration, size, table
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.terminal import neutral, neutral_line


@pytest.mark.parametrize(
    ("status", "exit_code", "expected"),
    [
        ("ok", None, 0),
        ("exit", 0, 0),
        ("exit", None, 0),
        ("exit", 3, 1),
        ("error", None, 1),
        ("trap", None, 1),
        ("time_limit", None, 3),
        ("memory_limit", None, 3),
        ("output_limit", None, 3),
        ("disk_limit", None, 3),
        ("interrupted", None, 130),
    ],
)
def test_the_status_of_a_cell(status, exit_code, expected):
    assert exit_codes.of_cell(status, exit_code) == expected


@pytest.mark.parametrize(
    ("status", "last_cell", "expected"),
    [
        ("ok", "ok", 0),
        ("ok", None, 0),
        ("failed", "error", 1),
        ("failed", None, 1),
        ("failed", "time_limit", 3),
        ("interrupted", "ok", 130),
    ],
)
def test_the_status_of_an_answer(status, last_cell, expected):
    assert exit_codes.of_answer(status, last_cell) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.UsageError("x"), 2),
        (errors.PromptTooLongError("x", n_tokens=2, n_ctx=1), 2),
        (errors.UnknownModelError("x"), 4),
        (errors.ModelLoadError("x"), 4),
        (errors.ArtifactMissingError("x"), 4),
        (errors.DigestMismatchError("x"), 4),
        (errors.FetchError("x"), 4),
        (errors.DiskSpaceError("x"), 4),
        (errors.RuntimeBuildError("x"), 4),
        (errors.WorkerCrashedError("x"), 5),
        (errors.HostInvariantError("x"), 5),
        (errors.OfflineCIError("x"), 5),
    ],
)
def test_the_status_of_an_error(error, expected):
    assert exit_codes.of_error(error) == expected


def test_text_that_steers_is_made_visible():
    assert neutral("plain\ttext\n") == "plain\ttext\n"
    assert neutral("\x1b]52;c;cm0=\x07") == "\\x1b]52;c;cm0=\\x07"
    assert neutral("10%\r20%\r\n") == "10%\n20%\n"
    assert neutral("abc\u202egnp.exe") == "abc\\u202egnp.exe"
    assert neutral("\x9b2J\x7f\udc80\U000e0041") == "\\x9b2J\\x7f\\udc80\\U000e0041"
    assert neutral_line("a\nb\tc") == "a\\nb\\tc"
    assert neutral("größer 漢字 🙂") == "größer 漢字 🙂"


@given(st.text())
def test_nothing_that_steers_is_left(text):
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", neutral(text))


def test_sizes_and_times():
    assert [size(n) for n in (0, 1, 999, 1500, 27_600, 1.5e6, 1.117e9)] == [
        "0 bytes",
        "1 byte",
        "999 bytes",
        "1.5 kB",
        "27.6 kB",
        "1.5 MB",
        "1.12 GB",
    ]
    assert [duration(s) for s in (0.04, 3.21, 59.4, 60, 200)] == ["0.0 s", "3.2 s", "59 s", "1 min 0 s", "3 min 20 s"]


def test_a_table_is_aligned():
    assert table(("A", "LONG"), [("xyz", "1"), ("q", "")]) == "A    LONG\nxyz  1\nq"


def test_a_bug_is_told_without_a_traceback_unless_asked_for(capsys, monkeypatch):
    monkeypatch.delenv(failure.DEBUG_VARIABLE, raising=False)
    error = ZeroDivisionError("oops")
    assert failure.report(error) is ExitCode.BUG
    told = capsys.readouterr().err
    assert told.startswith("offline-ci: This is a bug in offline-ci: ZeroDivisionError: oops. Please report it")
    assert "Traceback" not in told
    monkeypatch.setenv(failure.DEBUG_VARIABLE, "1")
    assert failure.report(error) is ExitCode.BUG
    assert capsys.readouterr().err.startswith("ZeroDivisionError: oops\noffline-ci: ")


def test_an_interruption_is_told():
    assert failure.report(KeyboardInterrupt()) is ExitCode.INTERRUPTED


def test_the_first_interrupt_stops_the_step_and_the_second_everything():
    stopped = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(stopped.set) as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped.wait(5)
        assert interrupts.pressed
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
