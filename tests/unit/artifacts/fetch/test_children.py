import sys
import threading
import time

import pytest

from offline_ci.artifacts.fetch.children import largest_file_bytes, run_client
from offline_ci.artifacts.fetch.failures import StoppedError


@pytest.fixture
def work(tmp_path):
    (tmp_path / "watched").mkdir()
    return tmp_path


def run(work, program, **changes):
    settings = {"on_position": lambda _: None, "stop": threading.Event(), **changes}
    return run_client([sys.executable, "-c", program], work=work, watch=work / "watched", **settings)


def test_status_and_words_come_back(work):
    finished = run(work, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert finished.returncode == 3
    assert sorted(finished.output.split()) == ["err", "out"]


def test_the_client_reads_what_it_is_given_and_runs_where_it_should(work):
    program = "import os, sys; print(sys.stdin.read(), os.environ['X'], os.getcwd())"
    assert run(work, program, stdin="hello", env={"X": "y"}).output.split() == ["hello", "y", str(work)]


def test_a_client_that_does_not_read_is_no_trouble(work):
    assert run(work, "pass", stdin="x" * 10_000_000).returncode == 0


def test_growth_is_told_while_it_happens(work):
    positions = []
    program = (
        "import time\n"
        "with open('watched/f', 'wb', buffering=0) as f:\n"
        "    for _ in range(4): f.write(bytes(1000)); time.sleep(0.2)"
    )
    run(work, program, on_position=positions.append)
    assert positions == sorted(positions)
    assert len({position for position in positions if position > 0}) >= 3


def test_a_client_and_its_children_end_when_they_are_stopped(work):
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    began = time.monotonic()
    with pytest.raises(StoppedError):
        run(work, program, stop=stop)
    assert time.monotonic() - began < 3


def test_a_client_that_does_not_want_to_end_is_killed(work, monkeypatch):
    monkeypatch.setattr("offline_ci.artifacts.fetch.children._GRACE_S", 0.3)
    stop = threading.Event()
    threading.Timer(0.7, stop.set).start()
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    began = time.monotonic()
    with pytest.raises(StoppedError):
        run(work, program, stop=stop)
    assert time.monotonic() - began < 3


def test_a_command_that_does_not_exist_is_an_os_error(work):
    with pytest.raises(FileNotFoundError):
        run_client(["/nowhere"], work=work, watch=work, on_position=lambda _: None, stop=threading.Event())


def test_the_largest_file_counts_and_the_log_does_not(tmp_path):
    assert largest_file_bytes(tmp_path / "gone") == 0
    (tmp_path / "a").mkdir()
    for name, size in {"a/one": 10, "two": 30, "client.log": 99}.items():
        (tmp_path / name).write_bytes(bytes(size))
    (tmp_path / "dangling").symlink_to("nowhere")
    assert largest_file_bytes(tmp_path) == 30
