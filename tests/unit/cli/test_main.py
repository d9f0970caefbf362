"""The entry point before anything is imported."""

import subprocess
import sys

# A finalizer is where an interrupt of the start was once lost: Python reports such an exception and goes on.
LOST = """
import _thread, sys
from offline_ci.cli import main, run

class Finalized:
    def __del__(self):
        raise {exception}

def fake_run(arguments):
    import time
    Finalized()
    for _ in range(100):
        time.sleep(0.01)
    return 0

run.run = fake_run
main.main(["doctor"])
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)


def test_an_interrupt_that_python_drops_is_raised_again():
    ended = run(LOST.format(exception="KeyboardInterrupt"))
    assert (ended.returncode, ended.stderr) == (130, "offline-ci: Interrupted.\n")


def test_other_exceptions_that_python_drops_are_reported_as_ever():
    ended = run(LOST.format(exception="ValueError('lost')"))
    assert ended.returncode == 0
    assert "ValueError: lost" in ended.stderr
