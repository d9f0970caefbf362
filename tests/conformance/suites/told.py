"""Runs in the sandbox: what becomes of each test of a suite is told as it ends.

Told on a descriptor of its own, a JSON object on a line that begins with ``MARK``: what was told before a trap or a
time limit has arrived, and the last test that began is the one that it happened in.
"""

import json
import os
import time

MARK = "\x1e"
TAIL = 1500
"""Of a traceback."""
_dumps, _write, _now = json.dumps, os.write, time.perf_counter  # tests replace them in their modules


class Teller:
    """Tells the host; made before the first test can redirect standard output."""

    def __init__(self):
        self._fd = os.dup(1)
        self._outcome = self._text = None
        self._begin = 0.0

    def tell(self, **what):
        line = f"\n{MARK}{_dumps(what)}\n".encode()
        while line:
            line = line[_write(self._fd, line) :]

    def test_begins(self, test):
        self._outcome, self._text, self._begin = "passed", None, _now()
        self.tell(begin=test)

    def test_failed(self, text):
        """The first failure of a test is what is told of it."""
        if self._outcome != "failed":
            self._outcome, self._text = "failed", text[-TAIL:]

    def test_was_skipped(self, reason):
        if self._outcome == "passed":
            self._outcome, self._text = "skipped", reason

    def test_ends(self, test):
        what = {"id": test, "outcome": self._outcome, "s": round(_now() - self._begin, 3)}
        self.tell(**what, **({} if self._text is None else {"text": self._text}))
