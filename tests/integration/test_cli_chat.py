"""``chat`` on the real runtime: a person at a terminal, and lines from a pipe.

The model is scripted (``support/scripted_chat.py``): it runs what it is told to, and says how many requests it
remembers.
"""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from offline_ci import _env
from support.command_line import call
from support.terminal import BACKSPACE, CTRL_C, CTRL_D, LEFT, UP, Terminal, pasted

pytestmark = pytest.mark.runtime

SCRIPT = Path(__file__).parents[1] / "support" / "scripted_chat.py"
READY = "parrot is ready."
PROMPT = "Ask for something, or /help"


@pytest.fixture
def home(tmp_path):
    """A home with the real runtime and a history of its own."""
    folder = tmp_path / "home"
    folder.mkdir()
    for entry in _env.home().iterdir():
        if entry.is_dir() and entry.name != "sessions":
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def terminal(work, home):
    def start(*arguments, **env):
        command = [sys.executable, SCRIPT, "-o", "out", *arguments]
        return Terminal(command, cwd=work, env={"OFFLINE_CI_HOME": str(home), **env})

    return start


@pytest.fixture
def pipe(work, home):
    def run(lines, *arguments):
        return subprocess.run(
            [sys.executable, SCRIPT, "-o", "out", *arguments],
            input=lines,
            cwd=work,
            env={**os.environ, "OFFLINE_CI_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def say(screen, keys):
    """Press keys at the prompt."""
    screen.expect(PROMPT)
    screen.send(keys)


def ask(screen, code, output):
    say(screen, f"Run: {code}\r")
    screen.expect("output ──")
    screen.expect(output)
    screen.expect("I remember ")


# --- a terminal


def test_lines_are_edited_and_remembered(terminal, home):
    with terminal() as screen:
        screen.expect(READY)
        say(screen, f"Run: print(6 * 8){LEFT}{BACKSPACE}7\r")
        screen.expect("output ──")
        screen.expect("42\r\n")
        screen.expect("I remember 1.")
        say(screen, pasted("Run: a = 20\nprint(a + 3)") + "\r")
        screen.expect("output ──")
        screen.expect("23\r\n")
        screen.expect("I remember 2.")
        say(screen, "Run: b = 30\\\rprint(b + 4)\r")
        screen.expect("output ──")
        screen.expect("34\r\n")
        screen.expect("I remember 3.")
        say(screen, CTRL_D)
        assert screen.ends() == 0
    history = home / "chat-history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    with terminal() as screen:
        screen.expect(READY)
        say(screen, UP + UP + UP + UP + "\r")  # two lines each
        screen.expect("output ──")
        screen.expect("23\r\n")
        say(screen, "/quit\r")
        assert screen.ends() == 0


def test_ctrl_c_ends_the_cell_and_the_chat_goes_on_with_its_variables(terminal):
    with terminal() as screen:
        screen.expect(READY)
        ask(screen, "kept = 17; print('first')", "first\r\n")
        say(screen, "Run: print('begun'); import time; time.sleep(600)\r")
        screen.expect("output ──")
        screen.expect("begun\r\n")
        screen.send(CTRL_C * 3)
        screen.expect("Interrupted.", timeout_s=15)
        ask(screen, "print(kept + 1)", "18\r\n")
        say(screen, CTRL_C)
        say(screen, CTRL_C)
        screen.expect("/quit or Ctrl-D leaves.")
        ask(screen, "print(kept + 2)", "19\r\n")
        say(screen, CTRL_D)
        assert screen.ends() == 0


def test_what_is_typed_while_a_turn_runs_comes_next(terminal):
    with terminal() as screen:
        screen.expect(READY)
        say(screen, "Run: print('begun'); import time; time.sleep(2)\r")
        screen.expect("output ──")
        screen.expect("begun\r\n")
        screen.send("Run: print(6 * 7)\r")
        screen.expect("I remember 1.")
        screen.expect("output ──")
        screen.expect("42\r\n")
        screen.expect("I remember 2.")
        say(screen, CTRL_D)
        assert screen.ends() == 0


def test_undo_takes_back_variables_files_and_memory(terminal, work):
    with terminal() as screen:
        screen.expect(READY)
        ask(screen, "x = 5; print('set', x)", "set 5")
        ask(screen, "x = 6; open('new.txt', 'w').write('n'); import json; print('set', x)", "set 6")
        screen.expect("2.")
        say(screen, "/undo\r")
        screen.expect("Taken back: Run: x = 6;")
        screen.expect("stays there.")
        ask(screen, "import os; print('x is', x, os.listdir())", "x is 5 []")
        screen.expect("2.")
        say(screen, "/undo\r")
        screen.expect("Taken back: Run: import os")
        say(screen, "/undo\r")
        screen.expect("Taken back: Run: x = 5")
        ask(screen, "print('x' in globals())", "False")
        screen.expect("1.")
        say(screen, "/quit\r")
        assert screen.ends() == 0
    assert (work / "out" / "new.txt").read_text() == "n"


def test_files_are_attached_listed_and_survive_a_reset(terminal, work):
    (work / "my data.csv").write_text("a,b\n1,2\n3,4\n")
    (work / "late.txt").write_text("hello\n")
    with terminal("-f", "my data.csv") as screen:
        screen.expect("Attached my data.csv (12 bytes): table, 2 rows (the header not counted), 2 columns: a, b")
        ask(screen, "n = 1; print(open('my data.csv').read(3))", "a,b\r\n")
        say(screen, "/file late.txt\r")
        screen.expect("Attached late.txt (6 bytes): text, 1 line")
        say(screen, "/undo\r")
        screen.expect("Taken back")
        say(screen, "/files\r")
        screen.expect("late.txt     6 bytes   attached: ")
        screen.expect("my data.csv  12 bytes  attached: ")
        say(screen, "/reset\r")
        screen.expect("A fresh start. Still attached: ")
        ask(screen, "import os; print(sorted(os.listdir()), 'n' in globals())", "['late.txt', 'my data.csv'] False")
        say(screen, "/export\r")
        screen.expect("Exported out/chat.ipynb (")
        say(screen, CTRL_D)
        assert screen.ends() == 0
    nbformat.validate(nbformat.read(work / "out" / "chat.ipynb", as_version=4))


def test_commands_are_completed(terminal):
    with terminal() as screen:
        screen.expect(READY)
        say(screen, "/he")
        screen.expect("/help")  # the menu
        screen.send("\t\r")
        screen.expect("COMMAND ")
        say(screen, "/quit\r")
        assert screen.ends() == 0


def test_a_session_goes_on_in_another_process(terminal, home, work):
    (work / "data.csv").write_text("a\n1\n")
    with terminal("-f", "data.csv") as screen:
        screen.expect("Attached data.csv")
        ask(screen, "import json; kept = 17; open('new.txt', 'w').write('n'); print('first')", "first\r\n")
        say(screen, CTRL_D)
        screen.expect("To go on another time: offline-ci chat --resume")
        assert screen.ends() == 0
    (folder,) = (path for path in (home / "sessions").iterdir() if path.is_dir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    (work / "data.csv").write_text("b\n2\n")
    with terminal("--resume") as screen:
        screen.expect("Resumed after: Run: import json;")
        say(screen, "!print(kept, json.dumps([1]), open('new.txt').read(), open('data.csv').read(1))\r")
        screen.expect("17 [1] n a\r\n")
        say(screen, "Run: kept += 1; print(kept)\r")
        screen.expect("I remember 2.")
        say(screen, "/save two\r")
        screen.expect("offline-ci chat --resume two")
        say(screen, "/limits memory 1024\r")
        screen.expect("memory  1024 MB")
        say(screen, "!kept\r")
        screen.expect("18\r\n")
        say(screen, "/limits memory 64\r")
        screen.expect("The session holds more than that.")
        say(screen, "!kept + 1\r")
        screen.expect("19\r\n")
        say(screen, "/undo\r")
        screen.expect("Taken back: !kept + 1")
        say(screen, "/reset\r")
        screen.expect("Still attached: data.csv")
        say(screen, "!print(open('data.csv').read(1), 'kept' in globals())\r")
        screen.expect("b False\r\n")
        say(screen, "/quit\r")
        assert screen.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_terminal_that_is_closed_costs_nothing(terminal, number, home):
    with terminal() as screen:
        screen.expect(READY)
        ask(screen, "kept = 17; print('first')", "first\r\n")
        screen.expect(PROMPT)
        screen.signal(number)
        assert screen.ends() == 128 + number
    with terminal("--resume") as screen:
        screen.expect("Resumed after: Run: kept = 17;")
        say(screen, CTRL_D)
        assert screen.ends() == 0
    assert len([path for path in (home / "sessions").iterdir() if path.is_dir()]) == 1


def test_a_session_that_is_damaged_is_refused(pipe, home):
    assert pipe("Run: x = 17; print(x)\n/save one\n").returncode == 0
    again = pipe("!x + 1\n", "--resume", "one")
    assert (again.returncode, again.stdout) == (0, "--- program\nx + 1\n--- output\n18\n")
    (state,) = (home / "sessions" / "one").glob("*.state")
    data = bytearray(state.read_bytes())
    data[len(data) // 2] ^= 1
    state.write_bytes(data)
    refused = pipe("!x + 1\n", "--resume", "one")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr.startswith(f"offline-ci: The session {state} is damaged: ")
    unknown = pipe("!x + 1\n", "--resume", "two")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "offline-ci: There is no session 'two'. Saved sessions: one.\n"


def test_the_last_program_is_edited_here_or_in_an_editor(terminal, work):
    with terminal(VISUAL="", EDITOR="") as screen:
        screen.expect(READY)
        ask(screen, "print(6 * 7)", "42\r\n")
        say(screen, "/edit\r")
        screen.expect("# print(6 * 7)")
        screen.send(f"{BACKSPACE}+1)\r")
        screen.expect("output ──")
        screen.expect("43\r\n")
        say(screen, CTRL_D)
        assert screen.ends() == 0
    editor = work / "editor"
    texts = "case $1 in *.py) text='print(5 * 5)';; *) text='Run: print(4 * 4)';; esac"
    editor.write_text(f'#!/bin/sh\n{texts}\necho "$text" > "$1"\n')
    editor.chmod(0o700)
    with terminal(VISUAL=str(editor)) as screen:
        screen.expect(READY)
        ask(screen, "print(6 * 7)", "42\r\n")
        say(screen, "/edit request\r")
        screen.expect("16\r\n")
        screen.expect("I remember 1.")
        say(screen, "/edit\r")
        screen.expect("25\r\n")
        say(screen, CTRL_D)
        assert screen.ends() == 0


def test_ctrl_c_ends_a_program_of_the_users(terminal):
    with terminal() as screen:
        screen.expect(READY)
        say(screen, "!kept = 17\r")
        say(screen, "!print('begun'); import time; time.sleep(600)\r")
        screen.expect("begun\r\n")
        screen.send(CTRL_C)
        screen.expect("Interrupted.", timeout_s=15)
        say(screen, "!kept + 1\r")
        screen.expect("18\r\n")
        say(screen, CTRL_D)
        assert screen.ends() == 0


@pytest.mark.parametrize(("env", "drawing"), [({"KITTY_WINDOW_ID": "1"}, "\x1b_Gf=100"), ({}, "")])
def test_pictures_are_drawn_where_the_terminal_can(terminal, work, env, drawing):
    with terminal(**env) as screen:
        screen.expect(READY)
        ask(screen, "from PIL import Image; Image.new('RGB', (20, 20), 'red').save('red.png'); print('made')", "made")
        screen.expect("Saved out/red.png (")
        say(screen, CTRL_D)
        assert screen.ends() == 0
        assert ("\x1b_G" in screen.raw) == bool(drawing)
        assert drawing in screen.raw
    assert (work / "out" / "red.png").is_file()


def test_what_programs_print_does_not_steer_the_terminal(terminal):
    with terminal() as screen:
        screen.expect(READY)
        ask(screen, "print('\\x1b]0;title\\x07' + chr(27) + '[2J'); open('a' + chr(27) + '[2Jb', 'w')", "\\x1b[2J")
        say(screen, "/files\r")
        screen.expect("a\\x1b[2Jb  0 bytes  made here")
        say(screen, CTRL_D)
        screen.ends()
        assert "\x1b[2J" not in screen.raw
        assert "\x1b]0;title" not in screen.raw


# --- a pipe


def test_a_pipe_is_a_script(pipe, work):
    (work / "data.csv").write_text("a\n1\n")
    lines = "/file data.csv\nRun: x = 20; print(x)\nRun: x += 1; print(x)\n\n/undo\n"
    lines += "!y = 7; x + y\nRun: print(x * 2)\n/export talk\n"
    done = pipe(lines, "--ipynb", "whole.ipynb")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "> " not in done.stdout
    assert done.stdout.startswith("Attached data.csv (4 bytes): table, 1 rows (the header not counted), 1 columns: a\n")
    assert "--- request\nRun: x += 1; print(x)\n--- program\nx += 1; print(x)\n--- output\n21\n" in done.stdout
    assert "--- program\ny = 7; x + y\n--- output\n27\n" in done.stdout
    assert "--- output\n40\n" in done.stdout
    sources = [cell.source for cell in nbformat.read(work / "talk.ipynb", as_version=4).cells]
    assert "print(x * 2)" in sources
    assert "x += 1; print(x)" not in sources
    assert (work / "whole.ipynb").read_bytes() == (work / "talk.ipynb").read_bytes()
    assert not (work / "home").exists()


@pytest.mark.parametrize(
    ("lines", "options", "status", "said"),
    [
        ("Run: 1 / 0\nRun: print('never')\n", (), 1, "ZeroDivisionError"),
        ("Run: while True: pass\n", ("--timeout", "1"), 3, "The program was stopped after 1 s."),
        ("", (), 0, ""),
        ("/quit\nRun: print('never')\n", (), 0, ""),
    ],
)
def test_the_status_of_a_script_is_that_of_ask(pipe, lines, options, status, said):
    done = pipe(lines, "--max-turns", "1", *options)
    assert done.returncode == status
    assert said in done.stdout
    assert "never" not in done.stdout


def test_a_wrong_command_ends_a_script(pipe):
    done = pipe("/fils\nRun: print('never')\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "offline-ci: There is no command /fils. Did you mean /files or /file? /help lists them all.\n"


def test_a_script_can_have_json(pipe):
    done = pipe("Run: print(1)\n/files\nRun: print(2)\n/undo\nRun: print(3)\n", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert document["status"] == "ok"
    assert [turn["code"] for turn in document["turns"]] == ["print(1)", "print(3)"]
    assert [turn["request"] for turn in document["turns"]] == [0, 1]
    assert document["answer"] == "I remember 1.\n\nI remember 2."
    empty = pipe("", "--json")
    assert (empty.returncode, empty.stdout) == (2, "")
    assert empty.stderr.startswith("offline-ci: Nothing was asked.")


@pytest.mark.model
@pytest.mark.slow
def test_models_are_exchanged_and_the_conversation_stays(work):
    lines = "What is 6 times 7?\n/model smollm2-135m-instruct\n/model nonsense\n"  # ends here
    done = call("chat", cwd=work, stdin=lines)
    assert done.status == 4
    assert "42" in done.out
    assert done.out.endswith("smollm2-135m-instruct, context of 8192 tokens\n")
    assert done.err.startswith("offline-ci: There is no model 'nonsense'.")
    lines = (
        "Remember the number 1234: print it.\n/model smollm2-135m-instruct\n/model qwen2.5-coder-1.5b-instruct\n"
        "Print the number that I told you before, doubled.\n"
    )
    done = call("chat", cwd=work, stdin=lines)
    assert done.status == 0, done.err
    assert "2468" in done.out
