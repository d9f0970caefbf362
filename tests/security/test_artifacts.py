"""Whoever changes what is run as code, or could have, is found out before it is used."""

import json
import os
import shutil
import stat
import subprocess
import sys

import pytest

from offline_ci import _env
from offline_ci.artifacts.files import check_private
from offline_ci.errors import ArtifactError
from offline_ci.pyodide.installed import current_build_id
from support.command_line import call

pytestmark = pytest.mark.runtime

BUILD = current_build_id()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own that has the machine's runtime."""
    home = tmp_path / "home"
    real = _env.home() / "runtime" / BUILD
    for file in real.rglob("*"):
        if file.is_file():
            place = home / "runtime" / BUILD / file.relative_to(real)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _link(file, place)
    monkeypatch.setenv("OFFLINE_CI_HOME", str(home))
    return home


def _link(file, place):
    try:
        place.hardlink_to(file)
    except OSError:  # another disk
        shutil.copy(file, place)


def tamper(file, change):
    """Change the bytes of a file, and leave what a look at it would compare."""
    before = file.stat()
    data = bytearray(file.read_bytes())
    change(data)
    file.unlink()
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size


def flip(data):
    data[len(data) // 2] ^= 1


def run(tmp_path):
    return call("exec", "-c", "print('ran')", cwd=tmp_path)


_START = """
import sys
from offline_ci import Sandbox
from offline_ci.errors import OfflineCIError
try:
    with Sandbox(image=sys.argv[1]) as sandbox:
        print(sandbox.run("print('ran')").stdout, end="")
except OfflineCIError as error:
    print(f"{type(error).__name__}: {error}")
"""


def start(image):
    """What a process says that starts a sandbox from an image."""
    return subprocess.run([sys.executable, "-c", _START, image], capture_output=True, text=True, check=True).stdout


def test_untouched_it_runs(home, tmp_path):
    assert start("standard") == start("plain") == run(tmp_path).out == "ran\n"


@pytest.mark.parametrize(
    "what", ["images/standard-*.cwasm", "images/standard-*.json", "rootfs.json", "rootfs.bin", "links.bin"]
)
def test_a_changed_file_is_refused(home, what):
    assert start("standard") == "ran\n"  # and now there is a stamp that says it was right
    (file,) = (home / "runtime" / BUILD).glob(what)
    tamper(file, flip)
    refused = start("standard")
    assert refused.startswith("DigestMismatchError: ")
    assert f"{file} is damaged" in refused
    assert "offline-ci runtime build" in refused


def test_a_changed_default_image_is_left_aside_and_the_doctor_says_so(home, tmp_path):
    (file,) = (home / "runtime" / BUILD).glob("images/standard-*.cwasm")
    tamper(file, flip)
    assert run(tmp_path).out == "ran\n"
    assert f"{file} is damaged" in call("doctor", cwd=tmp_path).out.replace("\n", " ")


def test_a_changed_main_module_is_refused(home):
    manifest = json.loads((home / "runtime" / BUILD / "manifest.json").read_bytes())
    name = next(value for value in _strings(manifest["main"]) if value.endswith(".cwasm"))
    tamper(home / "runtime" / BUILD / name, flip)
    assert f"{name} is damaged" in start("plain")


def _strings(value):
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(item)


@pytest.mark.parametrize("place", ["", "runtime", f"runtime/{BUILD}", f"runtime/{BUILD}/images", "stamps"])
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o720, 0o702], ids=oct)
def test_a_folder_that_others_can_write_to_is_refused(home, tmp_path, place, mode):
    folder = home / place
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    if mode == 0o720:
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder to another group")
        os.chown(folder, -1, 12345)
    refused = run(tmp_path)
    if mode == 0o1777 and place in {"", "runtime"}:  # above what is run: there nobody can replace what is not theirs
        assert refused.out == "ran\n"
        return
    assert (refused.out, refused.status) == ("", 4)
    assert f"The folder {folder} can be written to by other users" in refused.err
    assert f"chmod go-w {folder}" in refused.err
    folder.chmod(stat.S_IMODE(mode) & 0o755)
    assert run(tmp_path).out == "ran\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_another_user_is_refused(home, tmp_path):
    os.chown(home / "runtime", 12345, 12345)
    refused = run(tmp_path)
    assert (refused.out, refused.status) == ("", 4)
    assert f"The folder {home / 'runtime'} belongs to another user" in refused.err


def test_a_link_is_followed_and_both_ways_are_checked(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "mine").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "open" / "mine")
    check_private(tmp_path / "link")
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(ArtifactError, match="/open can be written to"):
        check_private(tmp_path / "link")


@pytest.mark.model
def test_a_changed_model_is_refused(home, tmp_path):
    from offline_ci.artifacts.models import ModelStore

    os.environ.pop("OFFLINE_CI_HOME")
    path = ModelStore().resolve("smollm2-135m-instruct").path
    os.environ["OFFLINE_CI_HOME"] = str(home)
    (home / "models").mkdir(mode=0o700)
    shutil.copy(path, home / "models" / path.name)
    tamper(home / "models" / path.name, flip)
    refused = call("ask", "--model", "smollm2-135m-instruct", "What is 1 + 1?", cwd=tmp_path)
    assert (refused.out, refused.status) == ("", 4)
    assert "is damaged" in refused.err
