"""A program on a pseudo-terminal, and a person at it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b_[^\x1b]*\x1b\\|\x1b[()][0-9A-B]|\x1b[=>78]"
)

CTRL_C = "\x03"
CTRL_D = "\x04"
UP = "\x1b[A"
LEFT = "\x1b[D"
BACKSPACE = "\x7f"


def pasted(text):
    """What a terminal sends when text is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


class Terminal:
    """Starts a program that believes in a terminal of 100 by 40.

    Attributes:
        raw: everything it has written.
    """

    def __init__(self, arguments, *, cwd, env):
        self._fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self._process = subprocess.Popen(
            arguments,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **env},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - Ctrl-C needs it
        )
        os.close(slave)
        self.raw = ""
        self._seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._fd)

    def send(self, text):
        """Press keys."""
        os.write(self._fd, text.encode())

    def signal(self, number):
        """Send a signal to the program."""
        self._process.send_signal(number)

    def expect(self, text, timeout_s=60):
        """Wait until a text is on the screen that was not there at the last call; gives what came before it."""
        end = time.monotonic() + timeout_s
        while True:
            plain = _SEQUENCE.sub("", self.raw)
            found = plain.find(text, self._seen)
            if found >= 0:
                before = plain[self._seen : found]
                self._seen = found + len(text)
                return before
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} did not come; there was {plain[self._seen :]!r}")

    def ends(self, timeout_s=60):
        """Wait for its end; gives its exit status."""
        end = time.monotonic() + timeout_s
        while self._read(end - time.monotonic()):
            pass
        return self._process.wait(timeout_s)

    def _read(self, timeout_s):
        if timeout_s <= 0 or not select.select([self._fd], [], [], timeout_s)[0]:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # the other side is closed
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)
