"""``offline-ci exec``: the sandbox without a model."""

from __future__ import annotations

import json
import sys
import tokenize
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from offline_ci.cli import exit_codes
from offline_ci.cli.cell_output import CellPrinter, saved_line, stop_reason
from offline_ci.cli.failure import report, say
from offline_ci.cli.interrupts import Interrupts
from offline_ci.cli.options import (
    check_input_files,
    check_regular_file,
    files_option,
    json_option,
    limit_options,
    output_option,
    resource_limits,
)
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import SavedFile
from offline_ci.interpreter.saving import OutputFolder, grant_files, save_results
from offline_ci.sandbox import ExecutionResult, Sandbox


@click.command("exec", short_help="Run Python in the sandbox, without a model.")
@click.option("-c", "code", metavar="CODE", help="The program as a string.")
@click.argument("file", metavar="[FILE|-]", required=False)
@files_option
@output_option
@limit_options
@json_option
def command(
    code: str | None,
    file: str | None,
    files: tuple[str, ...],
    output: str,
    timeout_s: float,
    memory_mb: int,
    as_json: bool,
) -> int:
    """Run Python in the sandbox: CODE, a FILE, or what comes on standard input (-).

    Prints what the program prints, and the value of its last expression. Files that it writes below /mnt/data, its
    working directory, and pictures that it shows are saved to the output folder.

    Exit status: 0 done, 1 the program failed, 2 wrong usage, 3 a limit was hit, 4 the runtime is missing or damaged,
    130 interrupted.
    """
    paths = check_input_files(files)
    folder = OutputFolder(Path(output), given=paths)
    program = _program(code, file)
    limits = resource_limits(timeout_s, memory_mb)
    printer = None if as_json else CellPrinter(sys.stdout, sys.stderr)
    with Sandbox(limits=limits) as sandbox:
        grant_files(sandbox, paths)
        with Interrupts(sandbox.interrupt):
            result = sandbox.run(program, on_output=printer.output if printer else None)
        saved = save_results(folder, sandbox, [result])
        if printer is None:
            click.echo(json.dumps(document(result, saved.files, sandbox.start_s)))
        else:
            printer.finish(result)
            if sys.stdout.isatty():
                printer.end_line()
            if reason := stop_reason(result):
                say(reason)
            for item in saved.files:
                click.echo(saved_line(item), err=True)
    status = exit_codes.of_cell(result.status, result.exit_code)
    if saved.error is None:
        return status
    told = report(saved.error)
    return told if status == exit_codes.ExitCode.DONE else status


def document(result: ExecutionResult, saved: list[SavedFile], start_s: float) -> dict[str, Any]:
    """The JSON document of ``--json``: part of the contract."""
    return {
        "status": result.status,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "result": result.result,
        "error": asdict(result.error) if result.error else None,
        "outputs": result.outputs,
        "files": [{"path": str(item.path), "bytes": item.bytes} for item in saved],
        "limit": asdict(result.limit) if result.limit else None,
        "timings": {"start_s": round(start_s, 4), "run_s": round(result.elapsed_s, 4)},
    }


def _program(code: str | None, file: str | None) -> str:
    if (code is None) == (file is None):
        what = "Nothing to run was given" if code is None else "Both -c CODE and a FILE were given"
        raise UsageError(f"{what}.", hint="Give a program with -c CODE, as a FILE, or on standard input with -.")
    if code is not None:
        return code
    if file == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    assert file is not None  # noqa: S101 - for the type checker
    path = Path(file)
    check_regular_file(path)
    try:
        with tokenize.open(path) as source:  # as Python reads it: a coding line, a byte-order mark
            return source.read()
    except (UnicodeDecodeError, SyntaxError) as exc:
        raise UsageError(f"{path} is not Python source text: {exc}.", hint="Save it as UTF-8.") from exc
    except OSError as exc:
        raise UsageError(f"{path} cannot be read: {exc.strerror}.", hint="Check the path.") from exc


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UsageError(f"The program on {name} is not UTF-8: {exc}.", hint="Convert it to UTF-8.") from exc
