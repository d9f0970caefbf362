"""Transactions, checkpoints and forks on the real runtime; every test runs in both isolations."""

import pytest

from offline_ci import ResourceLimits, Sandbox
from offline_ci.errors import SessionFileError, UsageError

pytestmark = pytest.mark.runtime

LARGE = "import numpy as np, pandas as pd\ndf = pd.DataFrame({'x': np.arange(200_000), 'y': np.arange(200_000) * 0.5})"
LOOK = "(int(df.x.sum()), float(df.y.sum()), len(df))"


# --- a cell is a transaction


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("while True: pass", "time_limit"),
        ("sum(range(10**11))", "time_limit"),
        ("import json; json.loads('[' * 10**6)", "trap"),
        ("b = bytearray((1 << 31) - 100)", "memory_limit"),
    ],
)
def test_a_cell_that_is_stopped_leaves_no_trace(sandbox, ending, status):
    sandbox.files.write("input.txt", b"given")
    sandbox.run("kept = [1]; log = open('log.txt', 'w'); log.write('one'); log.flush()")
    code = "kept.append(2); new = 1; open('new.txt', 'w').write('x'); open('input.txt', 'w').write('changed')\n"
    code += "log.write('two'); log.flush(); import os, decimal; os.remove('log.txt'); os.chdir('/tmp')\n"
    result = sandbox.run(code + ending, time_s=0.5)
    assert (result.status, result.rolled_back, result.state_lost, result.files) == (status, True, False, [])
    look = "import os; (kept, 'new' in globals(), sorted(os.listdir()), open('input.txt').read(), os.getcwd())"
    assert sandbox.run(look).result == "([1], False, ['input.txt', 'log.txt'], 'given', '/mnt/data')"
    # the open file goes on where it was before the cell
    assert sandbox.run("log.write('three'); log.close(); open('log.txt').read()").result == "'onethree'"


def test_an_exception_is_no_reason_to_go_back(sandbox):
    result = sandbox.run("kept = 1; open('f.txt', 'w').close(); 1 / 0")
    assert (result.status, result.rolled_back, [f.path for f in result.files]) == ("error", False, ["f.txt"])
    assert sandbox.run("kept").result == "1"


def test_libraries_stay_loaded_and_new_ones_can_be_loaded_after_going_back(sandbox):
    sandbox.run(LARGE)
    sandbox.run("import ctypes\nadd = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)")
    before = sandbox.run(LOOK).result
    result = sandbox.run("import lxml.etree, sqlite3\ndf = None\nimport json; json.loads('[' * 10**6)")
    assert (result.status, result.rolled_back) == ("trap", True)
    assert sandbox.run(LOOK).result == before
    assert sandbox.run("add(41)").result == "42"
    assert sandbox.run("import lxml.etree as e; e.fromstring('<a><b/></a>')[0].tag").result == "'b'"
    assert sandbox.run("int(df.groupby(df.x % 3).y.sum().iloc[1])").status == "ok"


def test_the_first_cell_is_a_transaction_too(sandbox):
    sandbox.files.write("a.txt", b"x")
    assert sandbox.run("y = 1; import json; json.loads('[' * 10**6)").rolled_back
    assert sandbox.run("import os; ('y' in globals(), os.listdir())").result == "(False, ['a.txt'])"


# --- checkpoints


def test_a_checkpoint_can_be_restored_again_and_again(sandbox):
    sandbox.run("x = 1; open('f.txt', 'w').write('one')")
    first = sandbox.checkpoint()
    sandbox.run(LARGE + "\nx = 2; open('f.txt', 'w').write('two')")
    second = sandbox.checkpoint()
    for _ in range(2):
        sandbox.run("x = 3; open('f.txt', 'w').write('three'); df = 3; open('g.txt', 'w').close()")
        sandbox.restore(first)
        assert sandbox.run("(x, open('f.txt').read(), 'df' in globals())").result == "(1, 'one', False)"
        assert [file.path for file in sandbox.files.list()] == ["f.txt"]
        sandbox.run("x = 4")
        sandbox.restore(second)
        assert sandbox.run("(x, open('f.txt').read(), len(df))").result == "(2, 'two', 200000)"
    sandbox.reset()
    sandbox.restore(first)
    assert sandbox.run("x").result == "1"


def test_a_checkpoint_has_the_files_that_came_without_a_cell(isolation, tmp_path):
    (tmp_path / "b.txt").write_bytes(b"two")
    with Sandbox(isolation=isolation) as sandbox:
        sandbox.run("1")
        first = sandbox.checkpoint()
        sandbox.files.write("a.txt", b"one")
        second = sandbox.checkpoint()
        sandbox.files.remove("a.txt")
        sandbox.files.grant(tmp_path / "b.txt")
        third = sandbox.checkpoint()
        found = []
        for checkpoint in (second, third, first, second):
            sandbox.restore(checkpoint)
            found.append([file.path for file in sandbox.files.list()])
        assert found == [["a.txt"], ["b.txt"], [], ["a.txt"]]


def test_a_checkpoint_belongs_to_its_sandbox(sandbox, isolation):
    checkpoint = sandbox.checkpoint()
    with Sandbox(isolation=isolation) as other, pytest.raises(UsageError, match="another sandbox"):
        other.restore(checkpoint)


def test_a_checkpoint_that_died_with_its_process_says_so():
    with Sandbox() as sandbox:
        checkpoint = sandbox.checkpoint()
        sandbox._backend._process.kill()
        with pytest.raises(Exception, match="process"):
            sandbox.run("1")
        with pytest.raises(UsageError, match="gone"):
            sandbox.restore(checkpoint)
        assert sandbox.run("1 + 1").result == "2"


def test_going_back_restores_the_stream_of_a_seed(isolation):
    with Sandbox(isolation=isolation, seed=7, epoch=1_700_000_000) as sandbox:
        checkpoint = sandbox.checkpoint()
        draw = "import random, os, time; (random.random(), os.urandom(4), time.time())"
        first = sandbox.run(draw).result
        sandbox.restore(checkpoint)
        assert sandbox.run(draw).result == first


# --- forks


def test_a_fork_and_its_parent_cannot_see_each_other(sandbox):
    sandbox.run(LARGE + "\nimport os; names = []; f = open('shared.txt', 'w+'); f.write('both '); f.flush();")
    with sandbox.fork() as twin, twin.fork() as grandchild:
        for name, one in (("parent", sandbox), ("twin", twin), ("grandchild", grandchild)):
            code = f"names.append('{name}'); f.write('{name}'); f.flush(); df.iloc[0, 0] = len('{name}')\n"
            assert one.run(code + f"open('{name}.txt', 'w').close()").status == "ok"
        for name, one in (("parent", sandbox), ("twin", twin), ("grandchild", grandchild)):
            look = "(names, open('shared.txt').read(), int(df.iloc[0, 0]), sorted(os.listdir()))"
            expected = ([name], f"both {name}", len(name), sorted([f"{name}.txt", "shared.txt"]))
            assert one.run(look).result == str(expected)


def test_a_fork_has_limits_transactions_and_input_files_of_its_own(sandbox, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("a\n1\n")
    sandbox.files.grant(source)
    sandbox.run("x = 1")
    with sandbox.fork() as twin:
        assert twin.run("x = 2\nwhile True: pass", time_s=0.3).status == "time_limit"
        assert twin.run("import json; x = 3; json.loads('[' * 10**6)").status == "trap"
        assert twin.run("(x, open('in.csv').read())").result == "(1, 'a\\n1\\n')"
        assert twin.run("import time; time.sleep(0.2); 5").result == "5"
        checkpoint = twin.checkpoint()
        twin.run("x = 9")
        twin.restore(checkpoint)
        assert twin.run("x").result == "1"
    assert sandbox.run("x").result == "1"


def test_a_fork_outlives_its_parent_and_leaves_no_process(isolation):
    sandbox = Sandbox(isolation=isolation)
    sandbox.run("x = 5")
    twin = sandbox.fork()
    sandbox.close()
    assert twin.run("x").result == "5"
    process = twin._backend._process if isolation == "process" else None
    twin.close()
    if process is not None:
        assert process.poll() is not None


def test_a_fork_that_dies_is_replaced():
    with Sandbox() as sandbox, sandbox.fork() as twin:
        twin._backend._process.kill()
        with pytest.raises(Exception, match="process"):
            twin.run("1")
        assert twin.run("1 + 1").result == "2"
        assert sandbox.run("2 + 2").result == "4"


def test_memory_limits_hold_after_going_back(isolation):
    limits = ResourceLimits(memory_bytes=400 << 20)
    with Sandbox(isolation=isolation, limits=limits) as sandbox:
        for _ in range(3):
            assert sandbox.run("b = bytearray(390 << 20)").status == "memory_limit"
        assert sandbox.run("b = bytearray(100 << 20); len(b)").result == str(100 << 20)


# --- session files


def test_a_session_goes_on_in_another_process(sandbox, isolation, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("a\n1\n")
    sandbox.files.grant(source)
    sandbox.run(LARGE + "\nimport lxml.etree, ctypes\nlog = open('log.txt', 'w'); log.write('one '); log.flush()")
    sandbox.run("add = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)")
    expected = sandbox.run(LOOK).result
    path = tmp_path / "work.session"
    sandbox.save(path)
    sandbox.run("df = None; log.write('never seen'); log.flush()")
    source.unlink()
    for other in ("process", "inline") if isolation == "process" else ("inline",):
        with Sandbox.load(path, isolation=other) as loaded:
            assert loaded.run(LOOK).result == expected
            assert loaded.run("log.write('two'); log.close(); open('log.txt').read()").result == "'one two'"
            assert loaded.run("add(41), open('in.csv').read()").result == "(42, 'a\\n1\\n')"
            assert loaded.run("lxml.etree.fromstring('<a/>').tag").result == "'a'"
            assert loaded.run("x = 1\nwhile True: pass", time_s=0.3).rolled_back
            assert loaded.run("import scipy.linalg; len(df)").result == "200000"
            again = tmp_path / "again.session"
            loaded.save(again)
        with Sandbox.load(again, isolation=other) as twice:
            assert twice.run("(len(df), open('in.csv').read())").result == "(200000, 'a\\n1\\n')"


def test_a_session_that_ran_nothing_can_be_saved(sandbox, isolation, tmp_path):
    sandbox.files.write("a.txt", b"x")
    sandbox.save(tmp_path / "s")
    with Sandbox.load(tmp_path / "s", isolation=isolation) as loaded:
        assert loaded.run("open('a.txt').read()").result == "'x'"


def test_session_files_that_do_not_fit_are_refused(sandbox, isolation, tmp_path):
    path = tmp_path / "s"
    sandbox.run("b = bytearray(300 << 20)")
    sandbox.save(path)
    with pytest.raises(SessionFileError, match="limit"):
        Sandbox.load(path, isolation=isolation, limits=ResourceLimits(memory_bytes=200 << 20))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(SessionFileError, match="damaged"):
        Sandbox.load(path, isolation=isolation)
    with pytest.raises(SessionFileError, match="cannot be read"):
        Sandbox.load(tmp_path / "missing", isolation=isolation)
    with pytest.raises(SessionFileError, match="cannot be saved"):
        sandbox.save(tmp_path / "no folder" / "s")
    assert sandbox.run("len(b)").result == str(300 << 20)


def test_a_session_whose_inputs_are_larger_than_its_disk_is_not_saved(isolation, tmp_path):
    source = tmp_path / "in.bin"
    source.write_bytes(bytes(2 << 20))
    with Sandbox(isolation=isolation, limits=ResourceLimits(disk_bytes=1 << 20)) as sandbox:
        sandbox.files.grant(source)
        with pytest.raises(SessionFileError, match="disk limit"):
            sandbox.save(tmp_path / "s")
        assert not (tmp_path / "s").exists()
        assert sandbox.run("import os; os.path.getsize('in.bin')").result == str(2 << 20)


def test_a_fork_after_a_cell_that_was_broken_off_comes_from_a_new_worker():
    with Sandbox() as sandbox:

        def refuse(_output):
            raise LookupError("no more")

        with pytest.raises(LookupError):
            sandbox.run("print(1)", on_output=refuse)
        with sandbox.fork() as twin:
            assert twin.run("1 + 1").result == "2"
