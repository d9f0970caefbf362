"""The chat: commands, turns that can be taken back, a person's and a script's way through it."""

import os
import signal
import time

import pytest

from offline_ci.cli.chat import take_lines, talk
from offline_ci.cli.chat_commands import ALIASES, COMMANDS, help_text
from offline_ci.cli.chat_paths import dropped_paths, given_paths
from offline_ci.cli.chat_turns import DEPTH as UNDO_DEPTH
from offline_ci.cli.interrupts import Interrupts
from offline_ci.errors import DiskSpaceError, PromptTooLongError, UnknownModelError, UsageError
from support.scripted_sandbox import error, ok


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "my data.csv"
    path.write_text("a,b\n1,2\n")
    return path


# --- lines


def test_a_request_is_answered_and_its_files_are_saved(talk_of, tmp_path):
    chat = talk_of(0, ok("1\n", files=[("made.txt", 4)]))
    assert chat("  Count  ").text == "One."
    assert chat.requests == ["Count"]
    assert (tmp_path / "out" / "made.txt").read_bytes() == b"xxxx"
    assert chat.said.endswith(f"--- answer\nOne.\n--- files\nSaved {tmp_path}/out/made.txt (4 bytes)\n")


@pytest.mark.parametrize("line", ["", "   ", "\n"])
def test_an_empty_line_does_nothing(talk_of, line):
    chat = talk_of()
    assert chat(line) is None
    assert chat.said == ""


@pytest.mark.parametrize(
    "line", ["/mnt/data/a.csv: how many rows?", "/2x is half of what?", "/ means what?", "a /help"]
)
def test_not_every_slash_is_a_command(talk_of, line):
    chat = talk_of(1)
    if line == "/2x is half of what?" or line.startswith("/ "):
        with pytest.raises(UsageError, match="There is no command"):
            chat(line)
    else:
        chat(line)
        assert chat.requests == [line]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/fils", "There is no command /fils. Did you mean /files or /file? /help lists them all."),
        ("/q", "There is no command /q. Did you mean /quit? /help lists them all."),
        ("/modle x", "There is no command /modle. Did you mean /model? /help lists them all."),
        ("/zzz", "There is no command /zzz. /help lists them all."),
        ("/", "There is no command /. /help lists them all."),
    ],
)
def test_an_unknown_command_names_the_closest(talk_of, line, said):
    with pytest.raises(UsageError) as caught:
        talk_of()(line)
    assert str(caught.value) == said


def test_help_has_every_command_and_every_command_works_by_its_name(talk_of):
    chat = talk_of()
    chat("/help")
    assert chat.said == help_text() + "\n"
    for name in (*COMMANDS, *ALIASES):
        assert f"/{name}" in help_text() or name == "exit"
        assert "There is no command" not in refusal(chat, f"/{name}")


def refusal(chat, line):
    try:
        chat(line)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("line", ["/quit", "/exit"])
def test_quit_ends_it(talk_of, line):
    chat = talk_of()
    chat(line)
    assert chat.chat.over


# --- files


@pytest.mark.parametrize("line", ["/file {}", "/add {}", "/file '{}'", "{quoted}", "'{}'"])
def test_a_file_is_attached_by_command_or_by_being_dropped(talk_of, data, line):
    chat = talk_of(1)
    chat(line.format(data, quoted=str(data).replace(" ", "\\ ")))
    assert chat.said == "Attached my data.csv\n"
    chat("Count")
    assert chat.seen[0][-1] == "Files:\n- my data.csv\n\nRequest: Count"


def test_files_are_listed_with_sizes_and_origins(talk_of, data):
    chat = talk_of(0, ok("1\n", files=[("made\x1b[2J.txt", 4)]))
    chat("/files")
    assert chat.said == "There are no files yet. /file PATH attaches one.\n"
    chat(f"/file {data}")
    chat("Count")
    assert "Attached" in chat.said
    chat("/files")
    assert chat.said.splitlines() == [
        "NAME             SIZE     FROM",
        "made\\x1b[2J.txt  4 bytes  made here",
        f"my data.csv      8 bytes  attached: {data}",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/file", "No file was given. Say which: /file PATH."),
        ("/file gone.csv", "There is no file 'gone.csv'. Check the path."),
        ("/file 'half", 'There is no file "\'half". Check the path.'),
        ("/file .", ". is a folder. Give the files in it one by one, or a zip archive."),
    ],
)
def test_what_cannot_be_attached(talk_of, line, said):
    chat = talk_of()
    with pytest.raises(UsageError) as caught:
        chat(line)
    assert str(caught.value) == said
    assert chat.interpreter.attached == {}


def test_paths_that_were_dropped(data, tmp_path):
    other = tmp_path / "b.txt"
    other.write_text("")
    both = f"'{data}' {other}"
    assert dropped_paths(both) == [str(data), str(other)]
    assert dropped_paths(f"{other} how long is it?") == []
    assert dropped_paths(str(tmp_path)) == []
    assert dropped_paths("b.txt") == []
    assert dropped_paths("/" + "x" * 5000 + "\0") == []
    assert given_paths("~/x") == [os.path.expanduser("~/x")]  # noqa: PTH111 - what it must equal


# --- going back


def test_undo_takes_back_conversation_and_files(talk_of, tmp_path):
    chat = talk_of(0, ok("1\n"), ok("2\n", files=[("made.txt", 4)]), ok("3\n"))
    chat("first")
    chat("second")
    assert chat.said
    chat("/undo")
    assert chat.said == "Taken back: second\nWhat it saved to the output folder stays there.\n"
    assert chat.sandbox.files.list() == []
    assert (tmp_path / "out" / "made.txt").exists()
    chat("third")
    assert chat.requests == ["first", "third"]
    assert not any("second" in content for content in chat.seen[-1])
    assert chat.said
    chat("/undo")
    chat("/undo")
    assert chat.said == "Taken back: third\nTaken back: first\n"
    with pytest.raises(UsageError, match=r"There is nothing to take back\. /reset begins anew\."):
        chat("/undo")


def test_only_the_last_turns_can_be_taken_back(talk_of):
    chat = talk_of(UNDO_DEPTH + 2)
    for i in range(UNDO_DEPTH + 2):
        chat(f"request {i}")
    for _ in range(UNDO_DEPTH):
        chat("/undo")
    assert chat.requests == ["request 0", "request 1"]
    with pytest.raises(UsageError, match=f"Only the last {UNDO_DEPTH} turns since"):
        chat("/undo")


def test_a_reset_keeps_the_attached_files(talk_of, data):
    chat = talk_of(2)
    chat(f"/file {data}")
    chat("first")
    assert chat.said
    chat("/reset")
    assert chat.said == "A fresh start. Still attached: my data.csv\n"
    assert chat.requests == []
    with pytest.raises(UsageError, match="There is nothing to take back"):
        chat("/undo")
    chat("second")
    assert chat.seen[-2][1:] == ["Files:\n- my data.csv\n\nRequest: second"]


def test_a_turn_that_broke_off_never_was(talk_of):
    def full_disk(sandbox):
        sandbox.files.contents["half.txt"] = b"half"
        raise DiskSpaceError("The disk is full.")

    chat = talk_of(2, on_run=full_disk)
    with pytest.raises(DiskSpaceError):
        chat("broken")
    assert (chat.requests, chat.sandbox.files.list()) == ([], [])
    chat.sandbox.on_run = None
    chat("whole")
    assert not any("broken" in content for content in chat.seen[-1])
    chat("/undo")
    assert chat.requests == []


def test_a_request_that_is_too_long_is_refused_and_forgotten(talk_of):
    chat = talk_of(1)
    with pytest.raises(PromptTooLongError):
        chat("word " * 9000)
    chat("short")
    assert chat.requests == ["short"]


# --- the model


def test_the_model_is_shown_and_an_unknown_one_refused(talk_of):
    chat = talk_of()
    chat("/model")
    assert chat.said == "scripted, context of 4096 tokens\n"
    with pytest.raises(UnknownModelError, match="There is no model 'nonsense'"):
        chat("/model nonsense")
    chat("/model")
    assert chat.said == "scripted, context of 4096 tokens\n"


# --- a person


def person(*lines):
    """What a person writes; an exception class is a key pressed."""
    script = list(lines)

    def read():
        line = script.pop(0) if script else EOFError
        if isinstance(line, str):
            return line
        raise line

    return read


def test_with_a_person_mistakes_are_told_and_the_chat_goes_on(talk_of):
    chat = talk_of(1)
    read = person("/fils", "word " * 9000, "first", "/undo", "/undo", "/quit", "never")
    assert talk(chat.chat, chat.view, read) == 0
    said = chat.said
    for part in ("Did you mean /files", "does not fit the model's context", "One.", "Taken back: first", "nothing to"):
        assert part in said
    assert read() == "never"


def test_ctrl_d_leaves(talk_of):
    chat = talk_of()
    assert talk(chat.chat, chat.view, person()) == 0


def test_the_second_ctrl_c_at_the_prompt_says_how_to_leave(talk_of):
    chat = talk_of()
    hint = "/quit or Ctrl-D leaves.\n"
    talk(chat.chat, chat.view, person(KeyboardInterrupt, "", KeyboardInterrupt))
    assert chat.said == ""
    talk(chat.chat, chat.view, person(KeyboardInterrupt, KeyboardInterrupt))
    assert chat.said == hint


def test_ctrl_c_ends_the_turn_and_not_the_chat(talk_of):
    def press(sandbox):
        for _ in range(3):  # an impatient person
            os.kill(os.getpid(), signal.SIGINT)

    chat = talk_of(2, on_run=press)
    read = person("first", "/help", "/undo")
    assert talk(chat.chat, chat.view, read) == 0
    said = chat.said
    assert "--- interrupted\nInterrupted.\n" in said
    assert help_text() in said
    assert "Taken back: first" in said
    chat.sandbox.on_run = None
    assert chat("second").status == "ok"


def test_a_step_that_does_not_end_can_be_broken_off():
    def press():
        os.kill(os.getpid(), signal.SIGINT)

    with Interrupts(lambda: None, patience_s=0.05):
        press()
        press()
        time.sleep(0.1)
        with pytest.raises(KeyboardInterrupt):
            press()


# --- a script


def test_lines_of_a_script_end_at_the_first_that_fails(talk_of):
    chat = talk_of(0, ok("1\n"), error("ValueError", "no"), ok("3\n"))
    assert take_lines(chat.chat, ["first\n", "\n", "/files\n", "second\n", "third\n"]) == 1
    assert chat.requests == ["first", "second"]


def test_a_script_that_is_answered_ends_well(talk_of):
    chat = talk_of(2)
    assert take_lines(chat.chat, ["first\n", "/undo\n", "second\n", "/quit\n", "never\n"]) == 0
    assert chat.requests == ["second"]


def test_a_scripts_wrong_command_is_an_error(talk_of):
    with pytest.raises(UsageError, match="There is no command /fils"):
        take_lines(talk_of().chat, ["/fils\n"])
