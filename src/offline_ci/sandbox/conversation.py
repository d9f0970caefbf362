"""What a worker says between a request and its reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from offline_ci.emscripten.strict_json import integer, typed
from offline_ci.emscripten.vfs.grantfs import Reader
from offline_ci.errors import WorkerCrashedError
from offline_ci.sandbox.channel import MAX_HEADER_BYTES, Channel
from offline_ci.sandbox.replies import read_output
from offline_ci.sandbox.result import OnInput, OnOutput

Reply = tuple[dict[str, Any], bytes]

_MAX_READ_BYTES = 1 << 24
_MAX_REASON_CHARS = 300
_MAX_HEADERS_BYTES = 2 * MAX_HEADER_BYTES
"""Of all messages of one request: a cell's outputs come as they happen and again in its result."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears what comes before the reply.

    Attributes:
        on_output: told each output of a cell.
        on_input: answers the guest's ``input``.
        waiting: entered while a person thinks about an answer.
        interrupt: ends the running cell: what a first Ctrl-C does; None where nothing could tell its end.
    """

    on_output: OnOutput | None
    on_input: OnInput | None
    waiting: Callable[[], AbstractContextManager[None]]
    interrupt: Callable[[], None] | None


def await_reply(
    channel: Channel, grants: Mapping[str, Reader], listener: Listener, *, max_body_bytes: int = 0
) -> Reply:
    """Listen until a request has its reply.

    Args:
        channel: to the worker.
        grants: the files that it may read.
        listener: who hears its outputs and questions.
        max_body_bytes: the reply's bytes may be no more.

    Raises:
        EOFError: the worker is gone.
        WorkerCrashedError: it broke off, or said what makes no sense.
    """
    interrupt = listener.interrupt
    budget = channel.received_bytes + _MAX_HEADERS_BYTES + max_body_bytes
    while True:
        try:
            header, body = channel.receive(max_body_bytes)
        except KeyboardInterrupt:
            # Ctrl-C is for the cell, whose result then says "interrupted"; a second one is for us, and so is
            # one while the worker starts or moves files, which has no result that could tell.
            if interrupt is None:
                raise
            interrupt()
            interrupt = None
            continue
        if channel.received_bytes > budget:
            raise WorkerCrashedError("The sandbox's process does not stop talking.")
        if header.get("done") is True:
            return header, body
        with refusing_nonsense():
            said = _read_message(header, grants, can_ask=listener.on_input is not None)
        if isinstance(said, _Question):
            assert listener.on_input is not None  # noqa: S101 - for the type checker
            with listener.waiting():
                text = listener.on_input(said.prompt)
            channel.send({"op": "answer", "text": text})
        elif isinstance(said, _Read):
            channel.send({"op": "answer"}, said.reader.read_at(said.offset, said.n_bytes))
        elif listener.on_output is not None:
            listener.on_output(said)


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """Makes a ``ValueError`` of what reads a message a crash of the worker that sent it."""
    try:
        yield
    except ValueError as error:
        reason = str(error)[:_MAX_REASON_CHARS]
        raise WorkerCrashedError(f"The sandbox's process sent a message that makes no sense: {reason}.") from error


@dataclass(frozen=True, slots=True)
class _Question:
    prompt: str


@dataclass(frozen=True, slots=True)
class _Read:
    reader: Reader
    offset: int
    n_bytes: int


def _read_message(
    header: dict[str, Any], grants: Mapping[str, Reader], *, can_ask: bool
) -> _Question | _Read | dict[str, Any]:
    if "output" in header:
        return read_output(header["output"])
    ask = header.get("ask")
    if ask == "input" and can_ask:
        return _Question(typed(header.get("prompt"), str, "a prompt"))
    if ask == "read":
        reader = grants.get(typed(header.get("name"), str, "the name of an input file"))
        if reader is None:
            raise ValueError("it asks for a file that was not granted")
        offset = integer(header.get("offset"), "an offset")
        return _Read(reader, offset, integer(header.get("n"), "a number of bytes", 1, _MAX_READ_BYTES))
    raise ValueError("it is of an unknown kind")
