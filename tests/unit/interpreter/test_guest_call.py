"""Functions of the guest's modules, called as the sandbox calls them: from text, without this project."""

import contextlib
import io
import json
import subprocess
import sys

import pytest

from offline_ci.interpreter.guest_call import NAMES, guest_cell, printed_json
from offline_ci.sandbox.result import ExecutionResult
from support.scripted_sandbox import error, ok


@pytest.mark.parametrize(
    ("module", "arguments", "expected"),
    [
        ("inspect", (["gone.csv"], 200, []), "gone.csv (0 bytes): could not be inspected"),
        ("lookup", ([], ["word"]), "[]"),
        ("variables", (NAMES,), "[]"),
        ("examples", ([("f(2)", "4")], NAMES), "[]"),
    ],
)
def test_cells_need_nothing_of_this_project_and_leave_nothing(module, arguments, expected):
    cell = guest_cell(module, *arguments)
    program = f"{cell}\nimport sys; assert not [m for m in sys.modules if m.startswith('offline_ci')]; print(dir())"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    printed, names = done.stdout.splitlines()
    assert expected in printed
    assert [name for name in json.loads(names.replace("'", '"')) if not name.startswith("__")] == ["sys"]


def test_variables_of_the_session_can_be_asked_for():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(guest_cell("variables", NAMES), {"__name__": "__main__", "answer": 42})  # noqa: S102
    assert [(v["name"], v["kind"]) for v in json.loads(out.getvalue())] == [("answer", "int")]


@pytest.mark.parametrize("result", [ok("no JSON"), ok(""), error("NameError", "x"), ExecutionResult("time_limit")])
def test_what_is_no_json_is_nothing(result):
    assert printed_json(result) is None


def test_json_is_read():
    assert printed_json(ok("[1]\n")) == [1]
