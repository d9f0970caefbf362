"""What a cell prints and shows, as nbformat 4 outputs, within a limit, as it happens."""

from __future__ import annotations

import codecs
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from offline_ci.emscripten.strict_json import depth_is_at_most
from offline_ci.sandbox.replies import EXIT_CODES, MAX_OUTPUT_DEPTH
from offline_ci.sandbox.result import GuestError, OnOutput, Output

MEDIA_FACTOR = 32
"""Displayed objects may take this many times ``output_bytes``: one photograph is larger than all the text of a day."""
_FLUSH_S = 0.02
_FLUSH_CHARS = 8192
_STREAMS = {1: "stdout", 2: "stderr"}


class OutputCollector:
    """Collects the outputs of one cell; from the guest's thread, and ``tick`` from another one.

    Args:
        limit_bytes: text that may be printed.
        on_output: told each output as it happens, on either thread, one at a time; consecutive pieces of a stream are
            joined for about 20 ms.
        on_limit: told once, with the bytes so far, when the limit is passed; everything later is dropped.
    """

    def __init__(self, limit_bytes: int, on_output: OnOutput | None, on_limit: Callable[[int], None]) -> None:
        self.outputs: list[Output] = []
        self.result: str | None = None
        self.error: GuestError | None = None
        self.errno: int | None = None
        self.exit_code: int | None = None
        self.used_bytes = self.asked_bytes = 0
        self.failure: BaseException | None = None
        """What ``on_output`` raised; it is not called again then."""
        self._limit = limit_bytes
        self._media_bytes = 0
        self._over = False
        self._on_output = on_output
        self._on_limit = on_limit
        self._decoders = {fd: codecs.getincrementaldecoder("utf-8")("replace") for fd in _STREAMS}
        self._pending: list[str] = []
        self._pending_chars = 0
        self._pending_stream = ""
        self._pending_since = 0.0
        self._line = bytearray()
        self._lock = threading.RLock()

    def write(self, fd: int, data: bytes) -> None:
        """The guest wrote to descriptor 1 or 2."""
        data = data[: self._take(len(data))]
        text = self._decoders[fd].decode(data)
        if not text:
            return
        stream = _STREAMS[fd]
        with self._lock:
            if stream != self._pending_stream:
                self.flush()
                self._pending_stream = stream
            if not self._pending:
                self._pending_since = time.monotonic()
            self._pending.append(text)
            self._pending_chars += len(text)
            if self._pending_chars > _FLUSH_CHARS:
                self.flush()

    def _take(self, n: int) -> int:
        if self._over:
            return 0
        self.used_bytes += n
        if self.used_bytes <= self._limit:
            return n
        self._exceed(self.used_bytes)
        return n - (self.used_bytes - self._limit)

    @property
    def is_empty(self) -> bool:
        """Whether the guest has told nothing at all yet."""
        return not (self.used_bytes or self._line or self.outputs or self.error) and self.exit_code is None

    @property
    def is_over(self) -> bool:
        """Whether the limit was passed, and something dropped."""
        return self._over

    def _exceed(self, used: int) -> None:
        if not self._over:
            self._over = True
            self.asked_bytes = used
            self._on_limit(used)

    def message(self, data: bytes) -> None:
        """The guest wrote to the message channel; documents end with a newline."""
        self._line += data
        if len(self._line) > self._limit * MEDIA_FACTOR:
            self._exceed(len(self._line))
            self._line.clear()
        while (end := self._line.find(b"\n")) >= 0:
            line = bytes(self._line[:end])
            del self._line[: end + 1]
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                continue  # not from our guest code: the user's program wrote to the descriptor
            if isinstance(document, dict):
                self._dispatch(document, len(line))

    def _dispatch(self, document: dict[str, Any], n_bytes: int) -> None:
        kind = document.get("type")  # of any type: programs can write to the descriptor, too
        if not isinstance(kind, str):
            return
        if kind in {"display_data", "execute_result"}:
            self._media_bytes += n_bytes
            if self._over or self._media_bytes > self._limit * MEDIA_FACTOR:
                self._exceed(self._media_bytes)
                return
            data, metadata = document.get("data"), document.get("metadata")
            if isinstance(data, dict) and isinstance(metadata, dict):
                shown = {mime: value for mime, value in data.items() if depth_is_at_most(value, MAX_OUTPUT_DEPTH)}
                self._add_display(kind, shown, metadata if depth_is_at_most(metadata, MAX_OUTPUT_DEPTH) else {})
        elif kind == "error":
            lines = document.get("traceback")
            traceback = [str(line) for line in lines] if isinstance(lines, list) else []
            self.error = GuestError(str(document.get("ename")), str(document.get("evalue")), traceback)
            self.errno = document.get("errno") if isinstance(document.get("errno"), int) else None
        elif kind == "exit":
            code = document.get("code")
            self.exit_code = code if type(code) is int and code in EXIT_CODES else 1

    def _add_display(self, kind: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        output: Output = {"output_type": kind, "data": data, "metadata": metadata}
        if kind == "execute_result":
            output["execution_count"] = None
            self.result = str(data.get("text/plain", ""))
        self._add(output)

    def _add(self, output: Output) -> None:
        with self._lock:
            self.flush()
            self.outputs.append(output)
            self._tell(output)

    def add_error(self, error: GuestError) -> None:
        """Append the error output that ends a failed cell."""
        self._add(
            {
                "output_type": "error",
                "ename": error.ename,
                "evalue": error.evalue,
                "traceback": error.traceback,
            }
        )

    def tick(self) -> None:
        """Called now and then: show text that has waited long enough."""
        with self._lock:
            if time.monotonic() - self._pending_since > _FLUSH_S:
                self.flush()

    def flush(self) -> None:
        """Show text that waits."""
        with self._lock:
            if not self._pending:
                return
            text, name = "".join(self._pending), self._pending_stream
            self._pending.clear()
            self._pending_chars = 0
            last = self.outputs[-1] if self.outputs else None
            if last is not None and last["output_type"] == "stream" and last["name"] == name:
                last["text"].append(text)
            else:
                self.outputs.append({"output_type": "stream", "name": name, "text": [text]})
            self._tell({"output_type": "stream", "name": name, "text": text})

    def _tell(self, output: Output) -> None:
        if self._on_output is None:
            return
        try:
            self._on_output(output)
        except BaseException as exc:  # noqa: BLE001 - we are inside a host function; raised when the cell is over
            self.failure = exc
            self._on_output = None

    def finish(self) -> None:
        """Flush, and join the pieces of each stream output."""
        self.flush()
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])

    def stream_text(self, name: str) -> str:
        """All text of one stream; after ``finish``."""
        return "".join(o["text"] for o in self.outputs if o["output_type"] == "stream" and o["name"] == name)
