"""The host's disk is full: what fits is written, what does not is named, and nothing half-written or lost stays.

A small tmpfs in a mount name space of its own is the disk.
"""

import json
import shutil
import subprocess
import sys

import pytest

from support.command_line import command

pytestmark = pytest.mark.runtime

FULL = "The disk that holds . is full. Make room, or give another folder with -o DIR."
TWO = "open('big', 'wb').write(bytes(10**6)); open('small', 'w').write('hi'); print('ran')"
DRAW = "import numpy as np\nfrom PIL import Image\nImage.fromarray(np.random.randint(0, 255, (700, 700, 3), np.uint8))"
_SAVE = """
import sys
from pathlib import Path
from offline_ci import Sandbox
from offline_ci.errors import DiskSpaceError
with Sandbox() as sandbox:
    sandbox.run("kept = 40")
    try:
        sandbox.save("session")
    except DiskSpaceError as error:
        print(error)
    print(Path("session").read_text(), sandbox.run("kept + 2").result)
"""
_CHAT = [sys.executable, "-m", "support.scripted_chat"]


@pytest.fixture
def on_full_disk(tmp_path):
    """Runs a command in an empty folder of 256 KiB; gives what it said, and the names that are there afterwards."""
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = shutil.which("unshare")
    assert unshare, "This test needs unshare: apt-get install util-linux"
    inside = [unshare, "--mount", "--map-root-user"]

    def run(arguments, *, stdin="", before="true"):
        script = 'mount -t tmpfs -o size=256k tmpfs "$0" && cd "$0" && eval "$1" && shift && "$@"; '
        listing = 'status=$?; printf "\\n" >&2; ls -A >&2; exit $status'
        done = subprocess.run(
            [*inside, "sh", "-c", script + listing, str(disk), before, *map(str, arguments)],
            input=stdin, capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        said, _, names = done.stderr.rpartition("\n\n")
        return done.returncode, done.stdout, said or done.stderr, names.split()

    return run


def test_what_fits_is_saved_and_what_does_not_is_named(on_full_disk):
    status, out, said, names = on_full_disk(command("exec", "-c", TWO))
    assert (status, out, names) == (4, "ran\n", ["small"])
    assert said == f"Saved small (2 bytes)\noffline-ci: 'big' was not saved: {FULL}"


def test_a_picture_that_does_not_fit_is_named(on_full_disk):
    status, _, said, names = on_full_disk(command("exec", "-c", DRAW))
    assert (status, names) == (4, [])
    assert f"'figure-1.png' was not saved: {FULL}" in said


def test_the_document_comes_all_the_same(on_full_disk):
    status, out, said, names = on_full_disk(command("exec", "--json", "-c", TWO))
    document = json.loads(out)
    assert (status, document["status"], document["stdout"]) == (4, "ok", "ran\n")
    assert [file["path"] for file in document["files"]] == names == ["small"]
    assert FULL in said


def test_an_answer_comes_all_the_same(on_full_disk, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ":".join(path for path in sys.path if path))
    status, out, _, names = on_full_disk([*_CHAT], stdin=f"Run: {TWO}\n")
    assert (status, names) == (4, ["small"])
    assert "I remember 1." in out
    assert FULL in out


def test_a_session_that_does_not_fit_leaves_the_one_before(on_full_disk):
    status, out, said, names = on_full_disk([sys.executable, "-c", _SAVE], before="printf older > session")
    assert (status, names) == (0, ["session"]), said
    told, rest = out.rsplit("\n", 2)[0], out.split("\n")[-2]
    assert "full" in told
    assert rest == "older 42"


@pytest.mark.parametrize("what", ["/export mine.html", "/export mine.ipynb"])
def test_a_chat_says_that_it_cannot_keep_and_leaves_nothing_half(on_full_disk, monkeypatch, what):
    monkeypatch.setenv("PYTHONPATH", ":".join(path for path in sys.path if path))
    lines = f"!print('x' * 100_000)\n!print('y' * 900_000)\n{what}\n"
    status, out, said, names = on_full_disk([*_CHAT], stdin=lines, before="head -c 200000 /dev/zero > taken")
    assert (status, names) == (4, ["taken"])
    assert "full" in out + said
