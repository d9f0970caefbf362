"""Runs in the sandbox: what becomes of each test of a suite is told as it ends.

Told on a descriptor of its own, a JSON object on a line that begins with ``MARK``: what was told before a trap or a
time limit has arrived, and the last test that began is the one that it happened in.
"""

import json
import os

MARK = "\x1e"
TAIL = 1500
"""Of a traceback."""
_dumps, _write = json.dumps, os.write  # tests replace them in their modules


class Teller:
    """Tells the host; made before the first test can redirect standard output."""

    def __init__(self):
        self._fd = os.dup(1)

    def tell(self, **what):
        line = f"\n{MARK}{_dumps(what)}\n".encode()
        while line:
            line = line[_write(self._fd, line) :]
