"""Exit statuses: part of the command line's contract."""

from __future__ import annotations

from enum import IntEnum

from offline_ci import errors
from offline_ci.sandbox.result import LIMIT_STATUSES


class ExitCode(IntEnum):
    """What a status means to a script."""

    DONE = 0
    FAILED = 1
    """The guest's code failed, or no answer was reached."""
    USAGE = 2
    LIMIT = 3
    """A limit was hit."""
    ARTIFACT = 4
    """A model or the runtime is missing or damaged."""
    BUG = 5
    INTERRUPTED = 130


_BY_ERROR: tuple[tuple[type[errors.OfflineCIError], ExitCode], ...] = (
    (errors.UsageError, ExitCode.USAGE),
    (errors.PromptTooLongError, ExitCode.USAGE),
    (errors.ArtifactError, ExitCode.ARTIFACT),
    (errors.ModelError, ExitCode.ARTIFACT),
    (errors.RuntimeBuildError, ExitCode.ARTIFACT),
)


def of_error(error: errors.OfflineCIError) -> ExitCode:
    """The status for an error of ours; what no class claims is a bug."""
    return next((code for cls, code in _BY_ERROR if isinstance(error, cls)), ExitCode.BUG)


def of_cell(status: str, exit_code: int | None = None) -> ExitCode:
    """The status for the outcome of a cell.

    Args:
        status: ``ExecutionResult.status``.
        exit_code: what the program gave to ``sys.exit``.
    """
    if status == "ok" or (status == "exit" and not exit_code):
        return ExitCode.DONE
    if status == "interrupted":
        return ExitCode.INTERRUPTED
    return ExitCode.LIMIT if status in LIMIT_STATUSES else ExitCode.FAILED


def of_answer(status: str, last_cell: str | None) -> ExitCode:
    """The status for an answer.

    Args:
        status: ``Answer.status``.
        last_cell: status of the last program that ran, None where none did.
    """
    if status == "failed":
        return ExitCode.LIMIT if last_cell in LIMIT_STATUSES else ExitCode.FAILED
    return ExitCode.DONE if status == "ok" else ExitCode.INTERRUPTED
