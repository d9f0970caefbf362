"""The connection to a worker: what a guest writes there, and what a worker that was broken out of sends."""

import io
import json
import math
from contextlib import nullcontext
from dataclasses import asdict

from fuzz.documents import damaged, places
from fuzz.source import Source
from offline_ci.errors import OfflineCIError, WorkerCrashedError
from offline_ci.sandbox.channel import Channel
from offline_ci.sandbox.conversation import Listener, await_reply, refusing_nonsense
from offline_ci.sandbox.outputs import MEDIA_FACTOR, OutputCollector
from offline_ci.sandbox.replies import read_files, read_output, read_pid, read_refusal, read_result, read_start
from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit
from support.host_dump import BytesReader

OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": "x"},
    {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}},
    {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": None},
    {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["E: e"]},
]
RESULT = ExecutionResult(
    "error",
    stdout="x",
    result="3",
    error=GuestError("E", "e", ["E: e"]),
    outputs=OUTPUTS,
    files=[GuestFile("a/b.csv", 7)],
    limit=LimitHit("time_s", 60.0, 61.5),
    exit_code=3,
)
FILES = [{"path": "a", "bytes": 1}, {"path": "b/c", "bytes": 0}]
READERS = (
    (read_result, {"done": True, "result": asdict(RESULT)}),
    (read_files, {"done": True, "files": FILES}),
    (read_start, {"done": True, "start_s": 0.1, "walls": ["landlock", "seccomp"]}),
    (read_pid, {"done": True, "pid": 4711}),
    (read_refusal, {"done": True, "failed": "UsageError", "message": "m", "hint": "h"}),
)
MESSAGES = (
    *({"output": output} for output in OUTPUTS),
    {"ask": "input", "prompt": "?"},
    {"ask": "read", "name": "in.csv", "offset": 2, "n": 3},
    *(reply for _, reply in READERS),
)
PLACES = {id(document): list(places(document)) for document in (*MESSAGES, *OUTPUTS)}
GRANTS = {"in.csv": BytesReader(b"a,b\n1,2\n")}


def frame(header: object, body: bytes = b"") -> bytes:
    """As a channel sends it."""
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(4, "little") + len(body).to_bytes(4, "little") + encoded + body


CHANNEL_SEEDS = [b"".join(map(frame, MESSAGES)), frame(MESSAGES[4], b"body"), frame({"done": True}, b"12345")]


def channel(data: bytes) -> int:
    """Raw bytes from a worker: a reply, or its crash."""
    _listen(data)
    return 1


def replies(data: bytes) -> int:
    """Messages that are almost right, then a reply that is almost right."""
    source = Source(data)
    frames = []
    for _ in range(source.below(4)):
        message = source.pick(MESSAGES)
        frames.append(frame(damaged(message, source, PLACES[id(message)])))
    read, reply = source.pick(READERS)
    changed = damaged(reply, source, PLACES[id(reply)])
    heard = _listen(b"".join(frames) + frame(changed))
    if heard is None or (read is read_refusal) != ("failed" in heard):
        return 1
    try:
        with refusing_nonsense():
            value = read(heard)
    except WorkerCrashedError:
        return 1
    if isinstance(value, ExecutionResult):
        _check_result(value)
    assert not isinstance(value, Exception) or isinstance(value, OfflineCIError)
    return 1


def _listen(data):
    def on_output(output):
        assert read_output(output) == output or _has_nan(output)

    def on_input(prompt):
        assert type(prompt) is str
        return "answer"

    sent = io.BytesIO()
    listener = Listener(on_output, on_input, nullcontext, None)
    try:
        reply, body = await_reply(Channel(io.BytesIO(data), sent), GRANTS, listener, max_body_bytes=100)
    except (EOFError, WorkerCrashedError):
        return None
    assert len(body) <= 100
    return reply


def _has_nan(value):
    return "NaN" in json.dumps(value)


def _check_result(result):
    assert math.isfinite(result.elapsed_s)
    for file in result.files:
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")


MESSAGE_SEEDS = [
    b"".join(json.dumps(document).encode() + b"\n" for document in documents)
    for documents in (
        [{"type": "display_data", "data": {"text/plain": "x"}, "metadata": {}}],
        [{"type": "execute_result", "data": {"text/plain": "3", "text/html": "<b>3</b>"}, "metadata": {"a": [1]}}],
        [{"type": "error", "ename": "E", "evalue": "e", "traceback": ["a", "b"], "errno": 28}],
        [{"type": "exit", "code": 3}],
    )
]


def messages(data: bytes) -> int:
    """A guest writes to its standard output and to the descriptor of its messages; its parent can read the result."""
    over = []
    told = []
    collector = OutputCollector(200, told.append, over.append)
    source = Source(data)
    while source:
        which = source.below(4)
        if which == 0:
            collector.message(source.rest())
        elif which == 1:
            document = source.pick(OUTPUTS)
            changed = damaged(document | {"type": document["output_type"]}, source, PLACES[id(document)])
            collector.message(json.dumps(changed).encode() + b"\n")
        else:
            collector.write(which - 1, source.blob())
    collector.finish()
    result = ExecutionResult(
        "exit",
        stdout=collector.stream_text("stdout"),
        stderr=collector.stream_text("stderr"),
        result=collector.result,
        error=collector.error,
        outputs=collector.outputs,
        exit_code=collector.exit_code,
    )
    sent = json.loads(json.dumps({"result": asdict(result)}))
    received = read_result(sent)
    assert received == result or _has_nan(sent)
    for output in told:
        read_output(json.loads(json.dumps(output)))
    text_bytes = len((result.stdout + result.stderr).encode("utf-8", "surrogateescape"))
    assert text_bytes <= 3 * 200  # a replaced byte is a character of three
    assert len(json.dumps(collector.outputs)) <= 200 * MEDIA_FACTOR * 8 + 10_000
    return 1
