"""What a worker's process can no longer do, and what stands around a real one.

Each attack is tried twice: without the walls, where it must succeed, and behind them.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from offline_ci import Sandbox
from offline_ci.sandbox import landlock
from offline_ci.sandbox.walls import raise_walls

pytestmark = pytest.mark.skipif(landlock.abi() < 1, reason="this kernel has no Landlock")

PROGRAM = """
import os, sys
sys.path[:0] = {path!r}
import socket, subprocess, ctypes, threading
from offline_ci.sandbox.walls import raise_walls
if sys.argv[1] == "behind":
    raise_walls([])
try:
{attack}
except OSError as error:
    print("refused", error.errno)
else:
    print("done")
"""
EPERM, ENOMEM, EACCES = 1, 12, 13
MOST = min(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 4 // 5, 17 << 30)
ATTACKS = {
    "read a file": ("open('{secret}').read()", EACCES),
    "read its directory": ("os.listdir('{folder}')", EACCES),
    "write a new file": ("open('{folder}/new', 'w').write('x')", EACCES),
    "append to a file": ("open('{secret}', 'a').write('x')", EACCES),
    "write into our own folder": ("open('{own}', 'a')", EACCES),
    "make a folder": ("os.mkdir('{folder}/new')", EPERM),
    "remove a file": ("os.unlink('{secret}')", EPERM),
    "rename a file": ("os.rename('{secret}', '{secret}2')", EPERM),
    "link to a file": ("os.symlink('{secret}', '{folder}/link')", EPERM),
    "change a file's mode": ("os.chmod('{secret}', 0o777)", EPERM),
    "make a named pipe": ("os.mkfifo('{folder}/pipe')", EPERM),
    "start a program": ("subprocess.run([sys.executable, '-c', ''], check=True)", EPERM),
    "replace itself by a program": ("os.execv(sys.executable, [sys.executable, '-c', 'print(\"done\")'])", EPERM),
    "open an internet socket": ("socket.create_connection(('127.0.0.1', {port}))", EPERM),
    "open a Unix socket": ("socket.socket(socket.AF_UNIX).connect('{unix}')", EPERM),
    "make a pair of sockets": ("socket.socketpair()", EPERM),
    "listen": ("socket.create_server(('127.0.0.1', 0))", EPERM),
    "send a signal to its parent": ("os.kill(os.getppid(), 0)", EPERM),
    "read its parent's environment": ("open(f'/proc/{{os.getppid()}}/environ').read()", EACCES),
    "read its parent's memory": ("open(f'/proc/{{os.getppid()}}/mem', 'rb')", EACCES),
    "list its parent's files": ("os.readlink(f'/proc/{{os.getppid()}}/fd/0')", EACCES),
    "take the machine's memory": (
        f"import mmap; mmap.mmap(-1, {MOST}, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)",
        ENOMEM,
    ),
    "change its host's folder": ("os.chdir('/tmp')", EPERM),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """What attackers want: a file, a server, a socket, a variable."""
    (tmp_path / "secret").write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "unix"))
        unix.listen()
        yield {
            "secret": tmp_path / "secret",
            "folder": tmp_path,
            "own": Path(landlock.__file__),
            "port": server.getsockname()[1],
            "unix": tmp_path / "unix",
        }


@pytest.mark.parametrize(("attack", "errno"), ATTACKS.values(), ids=ATTACKS)
def test_what_is_given_up(place, attack, errno):
    program = PROGRAM.format(path=sys.path, attack="    " + attack.format(**place))
    assert attempt(program, "behind") == f"refused {errno}"
    assert place["secret"].read_text() == "canary"
    assert attempt(program, "without") == "done"


def attempt(program, where):
    done = subprocess.run(
        [sys.executable, "-c", program, where], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return done.stdout.strip() or done.stderr


@pytest.mark.runtime
def test_all_walls_stand_around_a_worker_and_around_its_forks():
    with Sandbox() as sandbox, sandbox.fork() as fork:
        for one in (sandbox, fork):
            process = Path(f"/proc/{one._backend._process.pid}")
            status = dict(
                line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line
            )
            assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
            assert int(status["CapPrm"], 16) in {0, 1 << 2}
            assert {task.joinpath("status").read_text().count("Seccomp:\t2") for task in process.glob("task/*")} == {1}
            limits = (process / "limits").read_text()
            assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]
        assert sandbox._backend.walls[0] == "resource limits"
        assert any(wall.startswith("Landlock") for wall in sandbox._backend.walls)
        assert "seccomp" in sandbox._backend.walls


@pytest.mark.runtime
def test_a_worker_has_no_descriptors_but_its_connection_and_what_it_opened_itself(tmp_path):
    (tmp_path / "open").write_text("canary")
    with (tmp_path / "open").open() as file:
        os.set_inheritable(file.fileno(), True)
        with Sandbox() as sandbox:
            links = Path(f"/proc/{sandbox._backend._process.pid}/fd").iterdir()
            found = {str(link.readlink()).split(":")[0] for link in links}
    assert str(tmp_path / "open") not in found
    ours = ("/dev/null", "/proc/", "/memfd", "pipe", "socket", "anon_inode", str(Path.home()))
    assert [name for name in found if not name.startswith(ours)] == []


def test_walls_are_words_for_people():
    child = os.fork()
    if child == 0:
        os._exit(0 if all(map(str.strip, raise_walls([]))) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
