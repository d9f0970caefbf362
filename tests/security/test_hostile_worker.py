"""The worker's process was taken over: what it says can end its session, and nothing else here."""

import os
import struct
import subprocess
import sys
import time
from dataclasses import asdict

import pytest

from fuzz.worker import OUTPUTS, RESULT, frame
from offline_ci.errors import UsageError, WorkerCrashedError
from offline_ci.sandbox.backend import SandboxOptions
from offline_ci.sandbox.channel import Channel
from offline_ci.sandbox.launch import Launched, socket_pair
from offline_ci.sandbox.process import Connection, ProcessBackend
from offline_ci.sandbox.replies import read_result
from offline_ci.sandbox.worker_process import WorkerProcess
from support.processes import children

pytestmark = pytest.mark.runtime

_ECHO = (
    "import sys, time\n"
    "sys.stdin.buffer.read(8)\n"
    "sys.stdout.buffer.write(open(4, 'rb').read())\n"
    "sys.stdout.flush()\n"
    "time.sleep(60)\n"
)
"""Waits for a request, says what it was given, and lives on."""


@pytest.fixture
def taken_over():
    """Makes a backend whose worker says these bytes to its first request."""
    backends = []
    before = children()

    def make(said):
        requests, replies = os.pipe(), os.pipe()
        control = socket_pair()
        script = os.memfd_create("said")
        os.pwrite(script, said, 0)
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-c", _ECHO],
            {},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, fd, n)
                for n, fd in ((0, requests[0]), (1, replies[1]), (3, control[1]), (4, script))
            ],
            setsid=True,
        )
        for fd in (requests[0], replies[1], control[1], script):
            os.close(fd)
        launched = Launched(pid, requests[1], replies[0], os.memfd_create("stderr"), control[0])
        channel = Channel(os.fdopen(launched.take("replies"), "rb"), os.fdopen(launched.take("requests"), "wb"))
        process = WorkerProcess(launched)
        backends.append(ProcessBackend(SandboxOptions(limits={}), Connection(process, channel, 0.0)))
        return backends[-1]

    yield make
    for backend in backends:
        backend.close()
    assert children() == before


def done(**reply):
    return frame({"done": True, **reply})


NONSENSE = {
    "no frame": b"\xff" * 64,
    "a header of 4 GB": struct.pack("<II", 0xFFFFFFFF, 0),
    "a body of 4 GB": struct.pack("<II", 2, 0xFFFFFFFF) + b"{}",
    "deep JSON": struct.pack("<II", 200_000, 0) + b"[" * 200_000,
    "a list": frame([1, 2]),
    "no reply": frame({"hello": 1}),
    "a result of nothing": done(result=None),
    "a result of strings": done(result=dict.fromkeys(RESULT.__slots__, "x")),
    "an output of code": frame({"output": {"output_type": "stream", "name": "stdin", "text": "x"}}),
    "a file of the host": frame({"ask": "read", "name": "/etc/passwd", "offset": 0, "n": 10}),
    "bytes nobody asked for": frame({"done": True, "result": None}, b"x" * 10),
    "a question nobody answers": frame({"ask": "input", "prompt": "password"}),
    "an error that is no error": done(failed=["SystemExit"], message="x"),
}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_costs_the_worker_and_the_next_cell_has_a_new_one(taken_over, said):
    backend = taken_over(said)
    with pytest.raises(WorkerCrashedError):
        backend.run("1 + 1", 5.0, None, None)
    assert backend.run("1 + 1", 5.0, None, None).result == "2"


def test_nonsense_about_files_costs_the_worker_too(taken_over):
    backend = taken_over(done(files=[{"path": "../../etc/passwd", "bytes": 1}]))
    with pytest.raises(WorkerCrashedError, match="a file has the path"):
        backend.list_files()
    assert backend.list_files() == []


def test_an_error_can_only_be_one_of_ours(taken_over):
    with pytest.raises(UsageError, match="mine"):
        taken_over(done(failed="UsageError", message="mine", hint=None)).list_files()
    for name in ("SystemExit", "ClassVar", "PromptTooLongError", "__builtins__"):
        with pytest.raises(Exception, match="theirs") as caught:
            taken_over(done(failed=name, message="theirs", hint=None)).list_files()
        assert type(caught.value).__name__ == "OfflineCIError"


def test_a_worker_that_says_nothing_is_ended_in_time(taken_over):
    backend = taken_over(b"")
    begin = time.monotonic()
    result = backend.run("1 + 1", 0.2, None, None)
    assert (result.status, result.state_lost) == ("time_limit", True)
    assert time.monotonic() - begin < 15
    assert backend.run("1 + 1", 5.0, None, None).result == "2"


def test_a_worker_that_never_stops_talking_is_ended_in_time(taken_over):
    said = frame({"output": OUTPUTS[0]}) * 500
    heard = []
    backend = taken_over(said)
    assert backend.run("1 + 1", 0.2, heard.append, None).status == "time_limit"
    assert len(heard) == 500


def test_a_worker_cannot_have_another_process_killed(taken_over):
    """The number of a fork is the worker's word, and we end that process when its sandbox is closed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        for pid in (bystander.pid, os.getpid(), os.getppid()):
            with pytest.raises(WorkerCrashedError, match="none of its own"):
                taken_over(done(pid=pid)).fork()
        for pid in (0, 1, -1, 1 << 40, True, "1"):
            with pytest.raises(WorkerCrashedError):
                taken_over(done(pid=pid)).fork()
        assert bystander.poll() is None
        bystander.communicate(b"\n")
    assert bystander.returncode == 0


def test_what_a_worker_may_say_is_read():
    assert read_result({"result": asdict(RESULT)}) == RESULT
