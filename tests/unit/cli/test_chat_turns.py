"""What a chat does besides asking: programs of the user's, another try, other words, other limits, files opened."""

import os
import stat

import pytest

from offline_ci.cli.opener import find_opener, open_file
from offline_ci.errors import DiskSpaceError, UsageError
from support.scripted_sandbox import error, ok

# --- programs of the user's


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("!x = 1", "x = 1"),
        ("! print(2)", "print(2)"),
        ("!for i in range(2):\n    print(i)", "for i in range(2):\n    print(i)"),
        ("/run print(3)", "print(3)"),
        ("/run\n    if x:\n        y = 1", "if x:\n    y = 1"),
        ("/run ```python\nprint(4)\n```", "print(4)"),
        ("/run >>> print(5)\n5", "print(5)"),
    ],
)
def test_the_users_programs_run_without_the_model(talk_of, line, code):
    chat = talk_of(1)
    assert chat(line).turn.status == "ok"
    assert chat.sandbox.programs == [code]
    assert chat.seen == []
    assert chat.said == "--- output\n1\n"


def test_the_model_is_told_what_the_user_ran_and_only_once(talk_of):
    chat = talk_of(0, ok("1\n"), ok(result="41"), error("NameError", "no"), ok("2\n"), ok("3\n"))
    chat("first")
    chat("!x = 41; x")
    chat("!y")
    chat("second")
    asked = chat.seen[2][-1]
    assert asked == (
        "The user ran this program in the notebook; its variables are there:\n"
        "```python\nx = 41; x\n```\nIts output:\n41\n\n"
        "The user ran this program, and it failed:\n```python\ny\n```\n\n"
        "Request: second"
    )
    chat("third")
    assert "The user ran" not in chat.seen[4][-1]
    assert chat.requests == ["first", "second", "third"]


def test_what_a_users_program_made_is_saved_and_told_before_the_first_request_too(talk_of, tmp_path):
    chat = talk_of(0, ok(files=[("made.txt", 4)]), ok("1\n"))
    chat("!open('made.txt', 'w').write('xxxx')")
    assert chat.said == f"--- files\nSaved {tmp_path}/out/made.txt (4 bytes)\n"
    chat("Count")
    assert "Also in the working directory: made.txt" in chat.seen[0][-1]


def test_a_users_program_is_a_turn_that_can_be_taken_back(talk_of):
    chat = talk_of(0, ok("1\n"), ok(files=[("made.txt", 4)]))
    chat("first")
    chat("!x = 1")
    assert chat.said
    chat("/undo")
    assert chat.said == "Taken back: !x = 1\nWhat it saved to the output folder stays there.\n"
    assert chat.sandbox.files.list() == []
    assert [step.request for step in chat.interpreter.history] == ["first"]


def test_run_runs_the_last_program_again(talk_of):
    chat = talk_of(0, ok("1\n"), ok("2\n"), ok("3\n"), ok("4\n"))
    chat("first")
    assert chat.said
    chat("/run")
    assert chat.said == "--- program\nprint(1)\n--- output\n2\n"
    chat("!print(7)")
    chat("/run")
    assert chat.sandbox.programs == ["print(1)", "print(1)", "print(7)", "print(7)"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!", "There is no program to run. Write !CODE"),
        ("!  ", "There is no program to run."),
        ("/run", "No program has run yet."),
        ("/retry", "Nothing was asked yet."),
        ("/edit", "/edit needs a terminal."),
        ("/save", "There is nothing to save yet."),
        ("/export", "There is nothing to export yet."),
        ("/open", "There is nothing to open"),
    ],
)
def test_what_there_is_nothing_for(talk_of, line, said):
    chat = talk_of()
    with pytest.raises(UsageError) as caught:
        chat(line)
    assert str(caught.value).startswith(said)


def test_a_shell_command_gets_a_hint(talk_of):
    chat = talk_of(0, error("NameError", "name 'ls' is not defined"), error("NameError", "name 'pip' is not defined"))
    chat("!ls")
    assert chat.said.endswith("! runs Python, not a shell. /files lists the files.\n")
    chat("!pip(1)")
    assert "not a shell" not in chat.said


def test_a_users_program_that_breaks_off_never_was(talk_of):
    def full_disk(sandbox):
        sandbox.files.contents["half.txt"] = b"half"
        raise DiskSpaceError("The disk is full.")

    chat = talk_of(1, on_run=full_disk)
    with pytest.raises(DiskSpaceError):
        chat("!x = 1")
    assert (chat.interpreter.history, chat.sandbox.files.list()) == ((), [])


# --- another try


def test_retry_takes_the_request_back_and_asks_it_again(talk_of):
    temperatures = []
    chat = talk_of(0, ok("1\n", files=[("old.txt", 1)]), ok("2\n"), ok("3\n"))
    generate = chat.model.generate

    def watched(messages, params, **options):
        temperatures.append((params.temperature, options.get("prefill", "") != ""))
        return generate(messages, params, **options)

    chat.interpreter.model.generate = watched
    chat("Count")
    chat("/retry")
    chat("/retry")
    assert chat.requests == ["Count"]
    assert [temperature for temperature, is_program in temperatures if is_program] == [0.0, 0.7, 0.7]
    assert all(content.count("Request: Count") == 1 for content in (str(seen) for seen in chat.seen))
    assert chat.sandbox.files.list() == []
    chat("/undo")
    assert chat.requests == []


def test_each_retry_samples_with_seeds_of_its_own(tmp_path, talk_of):
    seeds = []
    chat = talk_of(3)
    chat.interpreter._base_settings = chat.interpreter._base_settings.__class__(max_turns=1, seed=5)
    generate = chat.model.generate

    def watched(messages, params, **options):
        seeds.append(params.seed)
        return generate(messages, params, **options)

    chat.interpreter.model.generate = watched
    for line in ("Count", "/retry", "/retry"):
        chat(line)
    assert seeds[::2] == [5, 1005, 2005]


def test_retry_takes_back_what_the_user_ran_since(talk_of):
    chat = talk_of(4)
    for line in ("first", "second", "!x = 1"):
        chat(line)
    assert chat.said
    chat("/retry")
    assert chat.said.startswith("Taken back: !x = 1\n")
    assert chat.requests == ["first", "second"]
    assert len(chat.interpreter.history) == 2
    chat("/undo")
    chat("/undo")
    assert chat.interpreter.history == ()


def test_a_retry_that_breaks_off_leaves_the_first_answer(talk_of):
    chat = talk_of(0, ok("1\n", files=[("made.txt", 4)]), ok("2\n"))
    chat("Count")
    before = chat.interpreter.history

    def full_disk(sandbox):
        raise DiskSpaceError("The disk is full.")

    chat.sandbox.on_run = full_disk
    with pytest.raises(DiskSpaceError):
        chat("/retry")
    assert chat.interpreter.history == before
    assert [file.path for file in chat.sandbox.files.list()] == ["made.txt"]
    chat("/undo")
    assert chat.interpreter.history == ()


def test_an_interrupted_retry_leaves_the_first_answer(talk_of):
    chat = talk_of(2)
    chat("Count")
    before = chat.interpreter.history
    assert chat.said
    chat.sandbox.on_run = lambda sandbox: chat.interpreter.interrupt()
    assert chat("/retry").status == "interrupted"
    assert chat.interpreter.history == before
    assert chat.said.endswith("The earlier answer stands.\n")
    chat("/undo")
    assert chat.interpreter.history == ()


def test_a_retry_that_fails_leaves_an_answer_but_replaces_a_failure(talk_of):
    chat = talk_of(0, ok("1\n"), error("E", "v"), error("E", "v"), error("E", "w"), ok("2\n"))
    chat("first")
    assert chat("/retry").status == "failed"
    assert chat.said.endswith("The earlier answer stands.\n")
    assert chat.interpreter.exchanges[0].answer.text == "One."
    chat("second")
    chat("/retry")
    assert "E: w" in chat.interpreter.exchanges[1].answer.text
    chat("/retry")
    assert [exchange.answer.status for exchange in chat.interpreter.exchanges] == ["ok", "ok"]


# --- other words


def test_edit_changes_the_last_program_and_runs_it(talk_of):
    chat = talk_of(2, edit=lambda text, suffix: text.replace("1", "2") + suffix.replace(".py", "\n"))
    chat("Count")
    assert chat.said
    chat("/edit")
    assert chat.sandbox.programs == ["print(1)", "print(2)"]
    assert chat.said == "--- program\nprint(2)\n--- output\n1\n"


def test_edit_request_asks_in_other_words(talk_of):
    chat = talk_of(2, edit=lambda text, suffix: f"{text} again, in a {suffix[1:]}")
    chat("Count")
    chat("/edit request")
    assert chat.requests == ["Count again, in a txt"]


def test_what_was_not_changed_is_not_run(talk_of):
    chat = talk_of(1, edit=lambda text, suffix: None)
    chat("Count")
    assert chat.said
    chat("/edit")
    assert chat.said == "Nothing was changed.\n"
    assert len(chat.sandbox.programs) == 1
    with pytest.raises(UsageError, match="There is no 'answer' to edit"):
        chat("/edit answer")


# --- limits


def test_limits_are_shown_and_the_time_is_changed_at_once(talk_of):
    chat = talk_of(1)
    chat("/limits")
    assert chat.said.splitlines() == [
        "LIMIT   NOW      TO CHANGE IT",
        "time    60 s     /limits time 60",
        "memory  2048 MB  /limits memory 2048",
        "disk    1024 MB  /limits disk 1024",
    ]
    chat("first")
    for line in ("/limits time 120", "/limits time 120 s", "/limits TIME 120s"):
        chat(line)
        assert chat.sandbox.limits.time_s == 120
    chat("/undo")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/limits speed 3", "There is no limit 'speed'. There are time, memory, disk: /limits time 120."),
        ("/limits time", "That is no number of s. Write /limits time N."),
        ("/limits time nan", "The limit time cannot be nan s. Give a number from 0.001 to 1000000."),
        ("/limits memory 9000", "The limit memory cannot be 9000 MB. Give a number from 64 to 4096."),
        ("/limits disk lots", "That is no number of MB. Write /limits disk N."),
    ],
)
def test_limits_that_make_no_sense(talk_of, line, said):
    chat = talk_of()
    before = chat.sandbox.limits
    with pytest.raises(UsageError) as caught:
        chat(line)
    assert str(caught.value) == said
    assert chat.sandbox.limits == before


# --- opening files


@pytest.fixture
def opener(tmp_path, monkeypatch):
    """A desktop whose opener writes down what it was given; its path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "xdg-open"
    script.write_text('#!/bin/sh\nprintf %s "$1" > "$OPENED"\ncase "$1" in *bad*) exit 4;; esac\n')
    script.chmod(stat.S_IRWXU)
    opened = tmp_path / "opened"
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("OPENED", str(opened))
    monkeypatch.setenv("DISPLAY", ":7")
    return opened


def test_a_file_that_was_made_is_opened(talk_of, opener, tmp_path):
    chat = talk_of(0, ok(files=[("a b.png", 4)]), ok(files=[("bad.csv", 4)]))
    chat("first")
    chat("second")
    assert chat.said
    chat("/open a b.png")
    assert chat.said == f"Opened {tmp_path}/out/a b.png\n"
    assert opener.read_text() == f"{tmp_path}/out/a b.png"
    chat("/open")
    assert chat.said == f"{tmp_path}/out/bad.csv: xdg-open could not open it.\n"
    chat("/open out/bad.csv")
    with pytest.raises(UsageError, match=r"No file 'c\.png' was made here\. There is: bad\.csv, a b\.png\."):
        chat("/open c.png")


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.desktop", "a.sh", "a", "a.png.exe", "a.xlsm"])
def test_what_can_run_programs_is_not_opened(opener, tmp_path, name):
    said = open_file(tmp_path / name)
    assert said == f"{tmp_path / name}: files of this kind can run programs, so open it yourself if you trust it."
    assert not opener.exists()


def test_without_a_display_the_path_is_told(monkeypatch, tmp_path):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert find_opener({}) is None
    assert open_file(tmp_path / "a\x1b.png") == f"{tmp_path}/a\\x1b.png: there is no display to open it on."
