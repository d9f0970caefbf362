"""The line editor: keys, history, completion."""

import stat

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from offline_ci.cli.chat_prompt import ChatCompleter, ChatPrompt

MODELS = ["qwen2.5-coder", "qwen3", "smollm2"]


@pytest.fixture
def keys(tmp_path):
    """Keys pressed at a new prompt; gives what was sent."""

    def press(text, history=tmp_path / "home" / "history"):
        with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
            pipe.send_text(text)
            return ChatPrompt(history, lambda: MODELS).read()

    return press


@pytest.mark.parametrize(
    ("pressed", "sent"),
    [
        ("one\r", "one"),
        ("one\n", "one"),  # Enter that was pressed while a turn ran
        ("one\x1b\rtwo\r", "one\ntwo"),
        ("one\\\rtwo\r", "one\ntwo"),
        ("\x1b[200~one\ntwo\n\x1b[201~three\r", "one\ntwo\nthree"),
        ("onf\x7fe\r", "one"),
        ("\r", ""),
    ],
)
def test_keys(keys, pressed, sent):
    assert keys(pressed) == sent


@pytest.mark.parametrize(("pressed", "error"), [("one\x03", KeyboardInterrupt), ("\x04", EOFError)])
def test_ways_out(keys, pressed, error):
    with pytest.raises(error):
        keys(pressed)


def test_history_is_kept_for_its_owner_alone(keys, tmp_path):
    keys("one\x1b\rtwo\r")
    keys("three\r")
    history = tmp_path / "home" / "history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert stat.S_IMODE(history.parent.stat().st_mode) == 0o700
    assert "+one\n+two\n" in history.read_text()
    assert "+three\n" in history.read_text()


def test_a_history_that_cannot_be_kept_is_no_obstacle(keys, tmp_path):
    (tmp_path / "file").write_text("")
    assert keys("one\r", history=tmp_path / "file" / "history") == "one"
    assert (tmp_path / "file").read_text() == ""


def completions(text):
    found = ChatCompleter(lambda: MODELS).get_completions(Document(text), CompleteEvent())
    return [text[: len(text) + item.start_position] + item.text for item in found]


def test_commands_files_and_models_are_completed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("")
    assert completions("/fi") == ["/file", "/files"]
    assert completions("/model qw") == ["/model qwen2.5-coder", "/model qwen3"]
    assert completions("/file da") == ["/file data.csv"]
    assert completions("/add d") == ["/add data.csv"]


@pytest.mark.parametrize("text", ["", "fi", "what is /fi", "/zzz", "/undo x", "/fi\n"])
def test_nothing_else_is_completed(text):
    assert completions(text) == []
