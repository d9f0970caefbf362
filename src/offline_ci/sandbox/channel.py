"""Frames between the sandbox's process and its worker.

A frame is ``u32 header length, u32 body length`` (little-endian), a JSON object, and bytes. Both sides check both
lengths before they allocate. No pickle: the parent treats whatever the worker sends as hostile data.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from pathlib import Path
from typing import IO, Any

from offline_ci.errors import WorkerCrashedError

_LENGTHS = struct.Struct("<II")
MAX_HEADER_BYTES = 256 << 20
MAX_BODY_BYTES = 0xFFFFFFFF


class Channel:
    """One end of a two-way connection; ``send`` may be called from several threads.

    Attributes:
        received_bytes: of all frames so far.
    """

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self.received_bytes = 0
        self._reader = reader
        self._writer = writer
        self._lock = threading.Lock()

    def send(self, header: dict[str, Any], body: bytes | memoryview = b"") -> None:
        """Send one frame.

        Raises:
            WorkerCrashedError: the other side is gone.
        """
        encoded = json.dumps(header).encode("ascii")
        try:
            with self._lock:
                self._writer.write(_LENGTHS.pack(len(encoded), len(body)))
                self._writer.write(encoded)
                if body:
                    self._writer.write(body)
                self._writer.flush()
        except (OSError, ValueError) as exc:
            raise WorkerCrashedError("The sandbox's process is gone.") from exc

    def receive(self, max_body_bytes: int = MAX_BODY_BYTES) -> tuple[dict[str, Any], bytes]:
        """The next frame.

        Args:
            max_body_bytes: a frame with a longer body is refused before anything is allocated.

        Raises:
            EOFError: the other side closed the connection between two frames.
            WorkerCrashedError: it broke off within one, or sent what is no frame.
        """
        lengths = self._read(_LENGTHS.size, eof_allowed=True)
        header_bytes, body_bytes = _LENGTHS.unpack(lengths)
        if header_bytes > MAX_HEADER_BYTES:
            raise WorkerCrashedError(f"The sandbox's process sent a header of {header_bytes} bytes.")
        if body_bytes > max_body_bytes:
            raise WorkerCrashedError(f"The sandbox's process sent {body_bytes} bytes where {max_body_bytes} may come.")
        self.received_bytes += len(lengths) + header_bytes + body_bytes
        try:
            header = json.loads(self._read(header_bytes))
        except (ValueError, RecursionError) as exc:
            raise WorkerCrashedError("The sandbox's process sent something that is not JSON.") from exc
        if not isinstance(header, dict):
            raise WorkerCrashedError("The sandbox's process sent a header that is not an object.")
        return header, self._read(body_bytes)

    def _read(self, n: int, *, eof_allowed: bool = False) -> bytes:
        data = self._reader.read(n)
        if len(data) == n:
            return data
        if eof_allowed and not data:
            raise EOFError
        raise WorkerCrashedError("The sandbox's process broke off in the middle of a message.")

    def abandon(self) -> None:
        """Let go of the connection in a process that was forked in the middle of it, whatever its threads held."""
        with Path(os.devnull).open("r+b", buffering=0) as null:
            for stream in (self._writer, self._reader):
                os.dup2(null.fileno(), stream.fileno(), inheritable=False)

    def close(self) -> None:
        """Close both directions."""
        for stream in (self._writer, self._reader):
            try:
                stream.close()
            except OSError:
                continue
