"""Messages to the host: one JSON document per line on descriptor 3; requests come back on the same descriptor.

The functions are taken by name: a program that puts its own into ``os`` or ``json`` must not come between.
"""

import sys
from json import dumps, loads
from os import read, write

CHANNEL_FD = 3
_READ_BYTES = 1 << 16


def receive():
    """The next request as a dict."""
    parts = []
    while True:
        part = read(CHANNEL_FD, _READ_BYTES)
        if not part:
            raise EOFError("the host sent no request")
        parts.append(part)
        if part.endswith(b"\n"):
            return loads(b"".join(parts))


def flush_streams():
    """Let the host have everything that was printed so far."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: S110 - the user's replacement of a stream may do anything
            pass


def send(message):
    """Send a message after everything that was printed so far."""
    flush_streams()
    # It begins with a line's end, too: a program may have left half a line.
    data = memoryview(b"\n" + dumps(message).encode("ascii") + b"\n")
    while data:
        data = data[write(CHANNEL_FD, data) :]
