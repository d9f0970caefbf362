"""``exec`` on the real runtime: its output, its documents, its files, every exit status."""

import json
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from support.command_line import call, command

pytestmark = pytest.mark.runtime


@pytest.fixture
def run(tmp_path):
    def call_exec(*arguments, **options):
        return call("exec", *arguments, cwd=tmp_path, **options)

    return call_exec


def test_prints_and_the_last_value(run):
    ended = run("-c", "import sys\nprint('out')\nprint('err', file=sys.stderr)\n6 * 7")
    assert (ended.status, ended.out, ended.err) == (0, "out\n42\n", "err\n")


def test_output_without_a_newline_stays_as_it_is(run):
    assert run("-c", "print('a', end='')").out == "a"
    assert run("-c", "print('\\x1b[31mred\\x1b[0m')").out == "\x1b[31mred\x1b[0m\n"


def test_a_file_and_standard_input(run, tmp_path):
    (tmp_path / "a.py").write_text("# -*- coding: latin-1 -*-\nprint('\xe4')\n", encoding="latin-1")
    assert run("a.py").out == "\xe4\n"
    assert run("-", stdin="print('from stdin')\n").out == "from stdin\n"


def test_a_failure_shows_its_own_lines_and_ends_with_1(run):
    ended = run("-c", "def f(n):\n    return 1 / n\n\nf(0)")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("Traceback (most recent call last):\n")
    assert ended.err.endswith("ZeroDivisionError: division by zero\n")
    assert "offline_ci" not in ended.err


@pytest.mark.parametrize(
    ("code", "status"), [("exit()", 0), ("import sys; sys.exit(0)", 0), ("raise SystemExit(7)", 1)]
)
def test_exit_is_0_or_1(run, code, status):
    assert run("-c", code).status == status


def test_a_time_limit_ends_with_3_and_says_how_to_lift_it(run):
    begin = time.monotonic()
    ended = run("-c", "while True: pass", "--timeout", "1")
    assert ended.status == 3
    assert ended.err == "offline-ci: The program was stopped after 1 s. Give it more time with --timeout S.\n"
    assert time.monotonic() - begin < 20


def test_a_memory_limit_ends_with_3(run):
    ended = run("-c", "x = bytearray(500 << 20)", "--memory", "200")
    assert ended.status == 3
    assert "offline-ci: The program needed more than 200 MB of memory." in ended.err


def test_an_output_limit_ends_with_3(run):
    ended = run("-c", "while True: print('x' * 1000)")
    assert ended.status == 3
    assert ended.err.endswith("The program printed too much and was stopped. Print less, or write to a file.\n")


def test_files_and_pictures_land_in_the_folder(run, tmp_path):
    (tmp_path / "in.csv").write_text("x,y\n1,2\n3,4\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sum.txt").write_text("mine")
    code = (
        "import pandas as pd, matplotlib.pyplot as plt, os\n"
        "t = pd.read_csv('in.csv')\n"
        "os.makedirs('sub'); t.to_csv('sub/t.csv', index=False)\n"
        "open('sum.txt', 'w').write(str(t.x.sum()))\n"
        "plt.plot(t.x, t.y)"
    )
    ended = run("-f", "in.csv", "-o", "out", "-c", code)
    assert ended.status == 0, ended.err
    assert ended.out.startswith("[<matplotlib.lines.Line2D object at ")
    assert [line.split(" (")[0] for line in ended.err.splitlines()] == [
        "Saved out/sub/t.csv",
        "Saved out/sum-1.txt",
        "Saved out/figure-1.png",
    ]
    assert (tmp_path / "out" / "sum.txt").read_text() == "mine"
    assert (tmp_path / "out" / "sum-1.txt").read_text() == "4"
    assert (tmp_path / "out" / "sub" / "t.csv").read_text() == "x,y\n1,2\n3,4\n"
    with Image.open(tmp_path / "out" / "figure-1.png") as picture:
        assert picture.width > 400
    assert (tmp_path / "in.csv").read_text() == "x,y\n1,2\n3,4\n"


def test_a_given_file_is_read_only_and_replaced_only_when_written_anew(run, tmp_path):
    (tmp_path / "a.txt").write_text("old")
    ended = run("-f", "a.txt", "-c", "open('a.txt', 'w')")
    assert (ended.status, (tmp_path / "a.txt").read_text()) == (1, "old")
    assert "Read-only file system" in ended.err
    assert run("-f", "a.txt", "-c", "import os; os.remove('a.txt'); open('a.txt', 'w').write('new');").status == 0
    assert (tmp_path / "a.txt").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt"]


def test_json_is_the_contracts_document(run, tmp_path):
    code = "import sys\nprint('hi ä')\nsys.stderr.write('e')\nopen('f.bin', 'wb').write(b'123')\n[1, 2]"
    ended = run("--json", "-c", code)
    assert (ended.status, ended.err) == (0, "")
    document = json.loads(ended.out)
    assert list(document) == [
        "status",
        "stdout",
        "stderr",
        "result",
        "error",
        "outputs",
        "files",
        "limit",
        "timings",
    ]
    assert (document["status"], document["stdout"], document["stderr"]) == ("ok", "hi ä\n", "e")
    assert (document["result"], document["error"], document["limit"]) == ("[1, 2]", None, None)
    assert document["files"] == [{"path": "f.bin", "bytes": 3}]
    assert [output["output_type"] for output in document["outputs"]] == ["stream", "stream", "execute_result"]
    assert set(document["timings"]) == {"start_s", "run_s"}
    assert 0 < document["timings"]["start_s"] < 60


def test_json_of_a_failure_and_of_a_limit(run):
    failed = run("--json", "-c", "1 / 0")
    document = json.loads(failed.out)
    assert (failed.status, failed.err, document["status"]) == (1, "", "error")
    assert set(document["error"]) == {"ename", "evalue", "traceback"}
    assert (document["error"]["ename"], document["error"]["evalue"]) == ("ZeroDivisionError", "division by zero")
    stopped = run("--json", "--timeout", "0.5", "-c", "while True: pass")
    document = json.loads(stopped.out)
    assert (stopped.status, document["status"], document["limit"]["name"]) == (3, "time_limit", "time_s")
    assert document["limit"]["limit"] == 0.5
    assert document["limit"]["used"] >= 0.5


def test_ctrl_c_ends_with_130_and_leaves_nothing_half_written(tmp_path):
    code = "f = open('half.bin', 'wb'); f.write(b'x' * 1000); f.flush(); print('ready', flush=True)\nwhile True: pass"
    process = subprocess.Popen(
        command("exec", "-c", code), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "offline-ci: Interrupted.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.2, 0.4, 0.8])
def test_ctrl_c_at_any_point_of_the_start(tmp_path, delay_s):
    code = "from offline_ci.cli.main import main; print('go', flush=True); main(['exec', '-c', 'while True: pass'])"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "go\n"
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "offline-ci: Interrupted.\n")


def test_a_reader_that_leaves_is_no_bug(tmp_path):
    process = subprocess.Popen(
        command("exec", "-c", "for i in range(20000): print(i)"),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert err == ""


def test_no_network_and_no_host_files(run):
    code = (
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 22), 1)\nexcept OSError as e:\n    print('no')"
    )
    assert run("-c", code).out == "no\n"
    assert run("-c", "import os; print(os.path.exists('/etc/passwd'))").out == "False\n"
