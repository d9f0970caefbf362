"""How a failure is told: one paragraph with the thing, the reason and the mend. The only place that does it."""

from __future__ import annotations

import os
import sys
import traceback

from offline_ci.cli.exit_codes import ExitCode, of_error
from offline_ci.cli.terminal import neutral
from offline_ci.errors import OfflineCIError

DEBUG_VARIABLE = "OFFLINE_CI_DEBUG"


def report(error: BaseException) -> ExitCode:
    """Tell an error on standard error and give the exit status it stands for.

    With ``OFFLINE_CI_DEBUG`` set, the traceback comes first.
    """
    if os.environ.get(DEBUG_VARIABLE):
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        say("Interrupted.")
        return ExitCode.INTERRUPTED
    if isinstance(error, OfflineCIError):
        say(explanation(error))
        return of_error(error)
    say(
        f"This is a bug in offline-ci: {type(error).__name__}: {error}. "
        f"Please report it, with the traceback that {DEBUG_VARIABLE}=1 shows."
    )
    return ExitCode.BUG


def explanation(error: OfflineCIError) -> str:
    """The paragraph for an error of ours."""
    if of_error(error) is ExitCode.BUG:
        return f"{error} This should not happen: please report it, with what {DEBUG_VARIABLE}=1 shows."
    return str(error)


def say(text: str) -> None:
    """One paragraph on standard error."""
    try:
        sys.stderr.write(f"offline-ci: {neutral(text)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody listens; the exit status still tells
        return
