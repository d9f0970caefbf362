"""A worker killed, or a Ctrl-C, in the middle of anything: the session answers afterwards, nothing stays behind."""

import gc
import os
import signal
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from offline_ci import Sandbox
from offline_ci.errors import OfflineCIError
from support.processes import children

pytestmark = pytest.mark.runtime

BIG = "import numpy as np; a = np.arange(4_000_000)"
DELAYS_S = (0.0, 0.001, 0.004, 0.016, 0.05)


def save(sandbox, folder):
    sandbox.save(folder / "session")


def checkpoint(sandbox, _folder):
    sandbox.restore(sandbox.checkpoint())


def fork(sandbox, _folder):
    with sandbox.fork() as twin:
        twin.run("1 + 1")


def run(sandbox, _folder):
    sandbox.run("import time\nfor i in range(100): time.sleep(0.001); print(i)")


def start(_sandbox, _folder):
    with Sandbox() as another:
        another.run("1 + 1")


def write(sandbox, _folder):
    sandbox.files.write("data.bin", bytes(8 << 20))
    sandbox.files.read("data.bin")


def reset(sandbox, _folder):
    sandbox.reset()


def idle(_sandbox, _folder):
    threading.Event().wait(0.06)


PHASES = (save, checkpoint, fork, run, start, write, reset, idle)


@contextmanager
def nothing_left(temporary):
    def state():
        gc.collect()  # tracebacks hold what a Ctrl-C left half-made
        return len(children()), len(list(Path("/proc/self/fd").iterdir())), sorted(temporary.iterdir())

    before = state()
    yield
    assert state() == before


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
def test_a_worker_killed_in_the_middle(temporary, tmp_path, phase):
    with Sandbox():
        pass  # whatever is made once in this process
    with nothing_left(temporary):
        for delay_s in DELAYS_S:
            with Sandbox() as sandbox:
                sandbox.run(BIG)
                timer = threading.Timer(delay_s, os.kill, (sandbox._backend._process.pid, signal.SIGKILL))
                timer.start()
                with suppress(OfflineCIError):
                    phase(sandbox, tmp_path)
                timer.join()
                with suppress(OfflineCIError):  # it may only be noticed now
                    sandbox.run("0")
                assert sandbox.run("2 + 2").result == "4"
    if (tmp_path / "session").exists():
        with Sandbox.load(tmp_path / "session") as loaded:
            assert loaded.run("len(a)").result == "4000000"


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
def test_ctrl_c_in_the_middle(temporary, tmp_path, phase):
    with Sandbox():
        pass
    with nothing_left(temporary):
        for delay_s in DELAYS_S:
            with Sandbox() as sandbox:
                sandbox.run(BIG)
                timer = threading.Timer(delay_s, os.kill, (os.getpid(), signal.SIGINT))
                try:
                    timer.start()
                    phase(sandbox, tmp_path)
                    timer.join()
                    threading.Event().wait(0.01)
                except (KeyboardInterrupt, OfflineCIError):
                    timer.join()
                with suppress(OfflineCIError):
                    sandbox.run("0")
                assert sandbox.run("2 + 2").result == "4"
    if (tmp_path / "session").exists():
        with Sandbox.load(tmp_path / "session") as loaded:
            assert loaded.run("len(a)").result == "4000000"
