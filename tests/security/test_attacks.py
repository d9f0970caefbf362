"""Every attack program ends as it must, the host's canaries stay as they were, and the session goes on."""

import os
import shutil
import socket
import time

import pytest

from offline_ci import ResourceLimits, Sandbox
from security.attacks import CANARY, REACHED, TIME_S, all_attacks, run_natively

pytestmark = pytest.mark.runtime

_NATIVE_S = 30.0
ATTACKS = all_attacks()
LIMITS = ResourceLimits(
    time_s=TIME_S, memory_bytes=512 << 20, output_bytes=256 << 10, disk_bytes=32 << 20, open_files=64, files=2_000
)


THIRTEEN = {
    "crashes/recursion_without_limit", "crashes/endless_loop", "crashes/list_bomb", "crashes/huge_power",
    "crashes/os_exit", "crashes/system_exit", "crashes/regex_backtracking", "crashes/nested_repr", "crashes/sum_range",
    "crashes/billion_characters", "crashes/parentheses", "processes/thread", "processes/subprocess",
    "network/tcp", "leaks/import_js",
}  # fmt: skip
"""One-liners that end or hang the hosts of other sandboxes, or their sessions."""


def test_the_one_liners_that_kill_other_sandboxes_are_among_them():
    assert {attack.id for attack in ATTACKS} >= THIRTEEN


@pytest.fixture(scope="module")
def started():
    os.environ[CANARY] = "canary"
    with Sandbox(limits=LIMITS) as sandbox:
        yield sandbox
    del os.environ[CANARY]


@pytest.fixture
def canaries(tmp_path):
    """A file, its folder, an internet server and a Unix one, as programs name them."""
    folder = tmp_path / "canaries"
    folder.mkdir()
    (folder / "file").write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(folder / "unix"))
        unix.listen()
        for one in (server, unix):
            one.setblocking(False)
        names = {
            "@FILE@": str(folder / "file"),
            "@FOLDER@": str(folder),
            "@PORT@": str(server.getsockname()[1]),
            "@UNIX@": str(folder / "unix"),
        }
        yield lambda code: _fill(code, names)
        for one in (server, unix):
            with pytest.raises(BlockingIOError):
                one.accept()
    assert sorted(path.name for path in folder.iterdir()) == ["file", "unix"]
    assert (folder / "file").read_text() == "canary"


def _fill(code, names):
    for placeholder, name in names.items():
        code = code.replace(placeholder, name)
    return code


def assert_renewed(sandbox):
    """The next cell finds the files, runs once, and says that the variables are gone; then all is as ever."""
    after = sandbox.run("open('kept').read(), 'kept' in globals(), open('n', 'a').write('x')")
    assert (after.result, after.state_lost) == ("('kept', False, 1)", True), after
    assert "had broken Python itself" in after.stderr
    after = sandbox.run("kept = 40; len(open('n').read()), kept + 2")
    assert (after.result, after.state_lost, after.stderr) == ("(1, 42)", False, "")


def marked(attack):
    return [pytest.mark.xfail(strict=True, reason=attack.known)] if attack.known else []


@pytest.mark.parametrize("attack", [pytest.param(attack, marks=marked(attack), id=attack.id) for attack in ATTACKS])
def test_the_attack_ends_as_it_must_and_the_session_goes_on(started, canaries, attack):
    with started.fork() as sandbox:
        sandbox.run("kept = 40")
        if attack.breaks_python:
            sandbox.files.write("kept", b"kept")
        # What is to be stopped by something else than the time gets some more of it: a machine may be slow.
        time_s = TIME_S if attack.limit == "time_s" else 5 * TIME_S
        begin = time.monotonic()
        result = sandbox.run(canaries(attack.code), time_s=time_s)
        elapsed_s = time.monotonic() - begin
        found = (result.status, result.error and result.error.ename, result.limit and result.limit.name)
        assert found == (attack.status, attack.error, attack.limit), result
        assert REACHED not in result.stdout + result.stderr
        told = f"{result.error.evalue if result.error else ''}\n{result.stdout}\n{result.stderr}"
        assert (attack.says or "") in told, told[-2000:]
        assert elapsed_s < time_s + 1
        if attack.breaks_python:
            assert_renewed(sandbox)
        else:
            assert sandbox.run("kept + 2").result == "42"
        if attack.twin is not None:
            assert REACHED in sandbox.run(canaries(attack.twin)).stdout


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.twin], ids=lambda attack: attack.id)
def test_the_attack_works_where_there_is_no_wall(tmp_path, attack):
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "file").write_text("canary")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(folder / "unix"))
        unix.listen()
        names = {"@FILE@": "file", "@FOLDER@": ".", "@PORT@": str(server.getsockname()[1]), "@UNIX@": "unix"}
        text, status, is_full = run_natively(
            _fill(attack.code, names), folder, TIME_S if attack.control == "hangs" else _NATIVE_S
        )
    shutil.rmtree(folder)
    proved = {
        "native": REACHED in text,
        "hangs": status is None,
        "dies": status is not None and (status < 0 or status > 0),
        "grows": is_full,
    }
    assert proved[attack.control], (status, text[-1500:])


def test_every_program_is_an_attack_of_its_own():
    codes = [attack.code.split("\n", attack.code.count("\n# "))[-1] for attack in ATTACKS]
    assert len(set(codes)) == len(ATTACKS)
    assert len({attack.what for attack in ATTACKS}) == len(ATTACKS)
