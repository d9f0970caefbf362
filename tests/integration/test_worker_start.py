"""How a worker's process is started: early, with nothing of its parent's."""

import os
import subprocess
import sys
from pathlib import Path

from offline_ci import Sandbox
from offline_ci.sandbox.launch import launch, launch_ahead
from offline_ci.sandbox.worker_process import WorkerProcess


def test_a_worker_started_ahead_is_the_next_one():
    launch_ahead()
    launched = launch(), launch()  # kept: what is not taken from them ends with them
    first, second = map(WorkerProcess, launched)
    with Sandbox() as sandbox:
        assert sandbox._backend._process.pid not in {first.pid, second.pid}
    for worker in (first, second):
        assert worker.poll() is None
        worker.close()
        assert worker.poll() == -9
    launch_ahead()
    with Sandbox() as sandbox:
        assert sandbox.run("1 + 1").result == "2"


def test_a_worker_ends_with_its_parent():
    code = "from offline_ci.sandbox.launch import launch_ahead, _ahead; launch_ahead(); print(_ahead[0].pid)"
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        subprocess.run(["sleep", "0.1"], check=True)
    raise AssertionError(f"the worker {pid} outlived its parent")


def test_a_worker_has_nothing_of_its_parents(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET", "of the parent")
    secret = os.open(tmp_path / "secret", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(secret, True)
    try:
        with Sandbox() as sandbox:
            sandbox.run("1")
            process = Path(f"/proc/{sandbox._backend._process.pid}")
            environ = (process / "environ").read_bytes()
            targets = [str(fd.readlink()) for fd in (process / "fd").iterdir()]
    finally:
        os.close(secret)
    assert b"SECRET" not in environ
    assert str(tmp_path / "secret") not in targets


def test_a_parent_without_standard_streams(tmp_path):
    code = (
        "import os, pathlib, sys; os.closerange(0, 3); from offline_ci import Sandbox\n"
        "with Sandbox() as sandbox: pathlib.Path(sys.argv[1]).write_text(sandbox.run('print(1)\\n2').stdout)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=True)
    assert (tmp_path / "out").read_text() == "1\n"


def test_sandboxes_of_one_process_share_what_was_loaded():
    with Sandbox(isolation="inline") as first, Sandbox(isolation="inline") as second:
        sessions = [sandbox._backend._session for sandbox in (first, second)]
    assert sessions[0]._runtime is sessions[1]._runtime
    assert sessions[0]._base is sessions[1]._base
