"""The command line in a process of its own, as users start it."""

import subprocess
import sys
from dataclasses import dataclass


@dataclass
class Ended:
    status: int
    out: str
    err: str


def command(*arguments):
    """The argument list that starts the command line."""
    return [sys.executable, "-m", "offline_ci.cli.main", *map(str, arguments)]


def call(*arguments, cwd, stdin="", timeout=300):
    """Run it to its end."""
    done = subprocess.run(
        command(*arguments), cwd=cwd, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)
