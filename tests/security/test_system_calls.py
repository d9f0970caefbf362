"""What whole commands ask the kernel for: no internet, no file outside their own folders, no other program.

strace (a Debian package) writes down the calls of the command and of all its processes.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import offline_ci
from offline_ci import _env

pytestmark = pytest.mark.runtime

TRACED = (
    "network,open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,execve"
)
CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
PYTHON = (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *filter(None, sys.path))
SYSTEM = ("/usr/", "/lib", "/proc/", "/sys/", "/dev/", "/etc/")
CSV = "city,units\nRome,3\nOslo,4\n"


@pytest.fixture
def place(tmp_path):
    for name in ("in", "out", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "in" / "data.csv").write_text(CSV)
    return tmp_path


def run(place, *arguments, prefix=()):
    environment = {"HOME": str(Path.home()), "PATH": "/usr/bin:/bin", "TMPDIR": str(place / "tmp"), "LC_ALL": "C.UTF-8"}
    if home := _env_home():
        environment["OFFLINE_CI_HOME"] = home
    command = [*prefix, sys.executable, "-m", "offline_ci.cli.main", *arguments]
    return subprocess.run(
        command, cwd=place / "out", env=environment, capture_output=True, text=True, check=False, timeout=280
    )


def _env_home():
    default = Path.home() / ".local" / "share" / "offline-ci"
    return None if _env.home() == default else str(_env.home())


def calls_of(place, *arguments):
    """The traced calls of a command: name and arguments."""
    strace = shutil.which("strace")
    assert strace, "This test needs strace: apt-get install strace"
    log = place / "strace"
    done = run(place, *arguments, prefix=[strace, "-f", "-qq", "-s", "512", "-e", f"trace={TRACED}", "-o", str(log)])
    assert done.returncode == 0, done.stderr[-2000:]
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return done, [(match[1], match[2]) for match in map(CALL.match, lines) if match]


def judge(place, calls):
    """What a command did that it must not."""
    own = (str(place), str(_env.home()), str(Path(offline_ci.__file__).parents[2]))
    for name, arguments in calls:
        if name in {"socket", "connect", "bind", "sendto", "sendmsg"} and re.search(
            r"AF_INET|AF_NETLINK|AF_PACKET", arguments
        ):
            yield name, arguments
        if arguments.rstrip().endswith(
            (" (No such file or directory)", " (Permission denied)", " (Operation not permitted)")
        ):
            continue
        paths = [text for text in QUOTED.findall(arguments) if text.startswith("/")]
        if name == "execve":
            yield from ((name, path) for path in paths[:1] if not path.startswith((sys.prefix, *SYSTEM[:1])))
        elif name in {"open", "openat", "openat2"} and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments):
            yield from ((name, path) for path in paths if not f"{path}/".startswith((*own, *PYTHON, *SYSTEM)))
        elif name != "connect":
            allowed = (*own, "/dev/null", "/dev/tty", "/proc/self/")
            yield from ((name, path) for path in paths if not path.startswith(allowed))


def test_a_program_reaches_nothing_outside(place):
    code = "import pandas as pd; df = pd.read_csv('data.csv'); df.to_csv('new.csv'); print(len(df))"
    done, calls = calls_of(place, "exec", "-f", str(place / "in" / "data.csv"), "-c", code)
    assert done.stdout.strip() == "2"
    assert (place / "out" / "new.csv").exists()
    assert list(judge(place, calls)) == []
    assert len(calls) > 100


@pytest.mark.model
def test_a_request_reaches_nothing_outside(place):
    done, calls = calls_of(place, "ask", "-f", str(place / "in" / "data.csv"), "How many units are there in all?")
    assert "7" in done.stdout
    assert list(judge(place, calls)) == []


@pytest.mark.model
def test_a_request_works_where_there_is_no_network_at_all(place):
    """In a network name space of its own, with not even a loopback interface up."""
    unshare = shutil.which("unshare")
    assert unshare, "This test needs unshare: apt-get install util-linux"
    done = run(
        place,
        "ask",
        "-f",
        str(place / "in" / "data.csv"),
        "How many units are there in all?",
        prefix=[unshare, "-r", "-n"],
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "7" in done.stdout


def test_the_judge_sees_what_it_must():
    place = Path("/place")
    bad = [
        ("socket", "AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3"),
        ("openat", 'AT_FDCWD, "/home/me/letter.txt", O_RDONLY|O_CLOEXEC) = 3'),
        ("openat", 'AT_FDCWD, "/etc/cron.d/x", O_WRONLY|O_CREAT, 0644) = 3'),
        ("unlink", '"/home/me/letter.txt") = 0'),
        ("execve", '"/home/me/program", ["x"], 0x7f /* 3 vars */) = 0'),
    ]
    good = [
        ("socket", "AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3"),
        ("openat", 'AT_FDCWD, "/place/out/x", O_WRONLY|O_CREAT, 0644) = 3'),
        ("openat", 'AT_FDCWD, "/home/me/letter.txt", O_RDONLY) = -1 ENOENT (No such file or directory)'),
    ]
    assert [name for name, _ in judge(place, bad)] == [name for name, _ in bad]
    assert list(judge(place, good)) == []
