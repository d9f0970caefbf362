"""A cell's outputs as they happen, as plain text: what the program printed goes where it printed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO

from offline_ci.cli.format import size
from offline_ci.cli.terminal import neutral, neutral_line
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.outputs import is_picture
from offline_ci.sandbox.result import ExecutionResult, Output

_FRAME = re.compile(r'  File "([^"]*)"')
_LIBRARY = re.compile(r"^.*/(?:site-packages|python[0-9.]+)/")


class CellPrinter:
    """Writes outputs to two streams; on a terminal, steering characters are made visible.

    Args:
        out: for the program's standard output and the values it shows.
        err: for its standard error and its traceback.
    """

    def __init__(self, out: IO[str], err: IO[str]) -> None:
        self._out = out
        self._err = err
        self._open_line = False

    def output(self, output: Output) -> None:
        """Show one nbformat 4 output; the error is shown by ``finish``, which knows what it means."""
        kind = output["output_type"]
        if kind == "stream":
            text = str(output["text"])
            self._write(self._out if output["name"] == "stdout" else self._err, text)
        elif kind == "execute_result" or (kind == "display_data" and not is_picture(output)):
            text = str(output["data"].get("text/plain", ""))
            if text:
                self._line(self._out, text)

    def finish(self, result: ExecutionResult) -> None:
        """The cell has ended: show its traceback."""
        lines = traceback_of(result)
        if lines:
            self._line(self._err, "\n".join(lines))

    def end_line(self) -> None:
        """End an unfinished line, so that what follows begins on its own."""
        if self._open_line:
            self._write(self._out, "\n")

    def _line(self, stream: IO[str], text: str) -> None:
        self.end_line()
        self._write(stream, text + "\n")

    def _write(self, stream: IO[str], text: str) -> None:
        stream.write(neutral(text) if stream.isatty() else text)
        stream.flush()
        if stream is self._out:
            self._open_line = not text.endswith("\n")


def traceback_of(result: ExecutionResult) -> list[str]:
    """The lines that say why a cell failed; none where it was stopped from outside: its own exception is then ours."""
    if result.error is None or (result.status != "error" and result.error.ename == "KeyboardInterrupt"):
        return []
    return result.error.traceback


def short_traceback(lines: Sequence[str]) -> list[str]:
    """A traceback with the user's own frames; those of libraries are counted."""
    short: list[str] = []
    skipped: list[str] = []
    for line in lines:
        if frame := _FRAME.match(line):
            if frame[1].startswith("<"):
                short += _skipped(skipped)
                skipped = []
            else:
                skipped.append(_LIBRARY.sub("", frame[1]).split("/")[0].removesuffix(".py"))
        elif not line.startswith("  "):
            short += _skipped(skipped)
            skipped = []
        if not skipped:
            short.append(line)
    return short + _skipped(skipped)


def _skipped(libraries: Sequence[str]) -> list[str]:
    names = ", ".join(dict.fromkeys(libraries))
    return [f"  … {len(libraries)} call{'' if len(libraries) == 1 else 's'} in {names} …"] if libraries else []


def stop_reason(result: ExecutionResult) -> str:
    """Why a cell was stopped, and the option that lifts the limit; empty where it was not."""
    limit = result.limit
    if limit is None:
        return "Interrupted." if result.status == "interrupted" else ""
    if limit.name == "time_s":
        return f"The program was stopped after {limit.limit:g} s. Give it more time with --timeout S."
    if limit.name == "memory_bytes":
        return f"The program needed more than {limit.limit / 2**20:.0f} MB of memory. Give it more with --memory MB."
    if limit.name == "output_bytes":
        return "The program printed too much and was stopped. Print less, or write to a file."
    return "The program wrote more to files than fits in the sandbox and was stopped. Write less."


def saved_line(item: SavedFile) -> str:
    """``Saved out/figure-1.png (12.3 kB)``."""
    return f"Saved {neutral_line(str(item.path))} ({size(item.bytes)})"
