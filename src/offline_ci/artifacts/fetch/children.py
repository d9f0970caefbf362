"""Run a client as a child process, watch the file it writes, and end it when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_ci.artifacts.fetch.failures import StoppedError

OnPosition = Callable[[int], None]
"""Told how many bytes of a transfer are here."""

_POLL_S: Final = 0.1
_GRACE_S: Final = 3.0
_LOG_NAME: Final = "client.log"
_OUTPUT_CHARS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Finished:
    """How a client ended.

    Attributes:
        returncode: its exit status.
        output: the end of what it printed, both streams.
    """

    returncode: int
    output: str


def run_client(
    argv: Sequence[str],
    *,
    work: Path,
    watch: Path,
    on_position: OnPosition,
    stop: threading.Event,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Finished:
    """Run a client to its end.

    Args:
        argv: the command.
        work: its working directory, its own; the log is kept there.
        watch: the folder in which the transferred file grows; its largest file counts.
        on_position: told about the growth while it happens.
        stop: when set, the client is ended.
        env: settings added to the environment.
        stdin: what it reads.

    Raises:
        StoppedError: ``stop`` was set.
        OSError: the command cannot be started.
    """
    log_path = work / _LOG_NAME
    with log_path.open("wb") as log:
        # A session of its own: Ctrl-C in the terminal reaches us alone, and we end the client and all its children.
        process = subprocess.Popen(
            list(argv),
            cwd=work,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _send(process, stdin)
            _wait(process, watch, on_position, stop)
        finally:
            end_group(process)
    with log_path.open("rb") as log:
        output = log.read()[-_OUTPUT_CHARS:].decode("utf-8", errors="replace")
    return Finished(process.returncode, output)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a group, and whatever it started; first kindly, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None and number is signal.SIGTERM:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
            return


def _send(process: subprocess.Popen[bytes], text: str) -> None:
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):
        process.stdin.write(text.encode("utf-8"))
        process.stdin.flush()
    with suppress(BrokenPipeError):
        process.stdin.close()


def _wait(process: subprocess.Popen[bytes], watch: Path, on_position: OnPosition, stop: threading.Event) -> None:
    while True:
        try:
            process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                raise StoppedError from None
            on_position(largest_file_bytes(watch))
        else:
            return


def largest_file_bytes(folder: Path) -> int:
    """Size of the largest file below a folder in which files come and go."""
    largest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name != _LOG_NAME:
                with suppress(OSError):
                    largest = max(largest, (Path(parent) / name).stat().st_size)
    return largest
