"""Runs the command line; every way it can end is a status of the contract."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from offline_ci.cli import failure
from offline_ci.cli.commands import cli
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.terminal import neutral


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: without the program's name.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a file name may hold what the terminal cannot show
    try:
        status = _invoke(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; what is still buffered must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except BaseException as error:  # noqa: BLE001 - the last resort turns everything into a paragraph
        return failure.report(error)
    return status


def _invoke(arguments: Sequence[str]) -> int:
    try:
        # Not cli.main: it answers interrupts and closed pipes in its own way.
        with cli.make_context("offline-ci", list(arguments)) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        failure.say(_usage_text(error))
        return ExitCode.USAGE
    return result if isinstance(result, int) else ExitCode.DONE


def _usage_text(error: click.ClickException) -> str:
    text = neutral(error.format_message()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context is not None else "offline-ci"
    return f"{text}. See `{command} --help`."
