"""A session between its requests: attached files, going back, beginning anew, another model."""

import pytest

from offline_ci.errors import ModelLoadError, UnknownModelError, UsageError, WorkerCrashedError
from offline_ci.interpreter import CodeInterpreter
from offline_ci.llm.scripted import ScriptedModel
from support.scripted_sandbox import ScriptedSandbox, error, ok


class Script:
    """Replies in turn; keeps the conversation that led to each."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.seen = []

    def __call__(self, messages, prefill):
        self.seen.append([message.content for message in messages])
        return self.replies.pop(0)


ANSWERED = ("print(1)\n```", "One.")


def session(n_turns, *results, **options):
    script = Script(*ANSWERED * n_turns)
    sandbox = ScriptedSandbox(*(results or [ok("1\n") for _ in range(n_turns)]))
    return CodeInterpreter(ScriptedModel(script), sandbox=sandbox, **options), script, sandbox


def requests(interpreter):
    return [exchange.request for exchange in interpreter.exchanges]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    return path


def test_what_was_taken_back_is_not_remembered():
    interpreter, script, sandbox = session(
        3, ok("1\n", files=[("first.txt", 3)]), ok("1\n", files=[("b.txt", 4)]), ok("1\n")
    )
    interpreter.ask("first")
    before = interpreter.checkpoint()
    interpreter.ask("second")
    assert [file.path for file in sandbox.files.list()] == ["b.txt", "first.txt"]
    interpreter.restore(before)
    assert [file.path for file in sandbox.files.list()] == ["first.txt"]
    assert requests(interpreter) == ["first"]
    assert b"second" not in interpreter.notebook()
    answer = interpreter.ask("third")
    assert not any("second" in content for content in script.seen[-1])
    assert any(content.endswith("Request: first") for content in script.seen[-1])
    assert answer.turns[0].request == 1


def test_a_checkpoint_serves_more_than_once():
    interpreter, script, _ = session(4)
    interpreter.ask("first")
    before = interpreter.checkpoint()
    for request in ("second", "third"):
        interpreter.ask(request)
        interpreter.restore(before)
    interpreter.ask("fourth")
    assert requests(interpreter) == ["first", "fourth"]
    assert not any("second" in content or "third" in content for content in script.seen[-1])


def test_the_next_request_tells_what_was_attached_and_only_that(data):
    interpreter, script, _ = session(2)
    assert [fact.name for fact in interpreter.attach([data])] == ["data.csv"]
    assert interpreter.attached == {"data.csv": data}
    interpreter.ask("first")
    assert script.seen[0][-1] == "Files:\n- data.csv\n\nRequest: first"
    interpreter.ask("second")
    assert "Files:" not in script.seen[-2][-1]


def test_a_file_attached_again_is_read_anew_under_its_name(data):
    interpreter, _, sandbox = session(0)
    interpreter.attach([data])
    data.write_text("a,b\n3,4\n")
    interpreter.attach([data])
    assert list(interpreter.attached) == ["data.csv"]
    assert sandbox.files.read("data.csv") == b"a,b\n3,4\n"


def test_two_files_of_one_name_are_kept_apart(data, tmp_path):
    other = tmp_path / "other" / "data.csv"
    other.parent.mkdir()
    other.write_text("c\n")
    interpreter, _, _ = session(0)
    interpreter.attach([data, other])
    assert interpreter.attached == {"data.csv": data, "data-1.csv": other}


def test_a_file_is_told_again_when_the_turn_that_heard_of_it_is_taken_back(data):
    interpreter, script, _ = session(2)
    interpreter.attach([data])
    before = interpreter.checkpoint()
    interpreter.ask("first")
    interpreter.restore(before)
    interpreter.ask("second")
    assert script.seen[-2][-1] == "Files:\n- data.csv\n\nRequest: second"


def test_a_file_attached_after_the_turn_that_is_taken_back_stays(data):
    interpreter, script, sandbox = session(2)
    before = interpreter.checkpoint()
    interpreter.ask("first")
    interpreter.attach([data])
    interpreter.restore(before)
    assert sandbox.files.read("data.csv") == data.read_bytes()
    interpreter.ask("second")
    assert script.seen[-2][-1].startswith("Files:\n- data.csv\n")


def test_a_file_that_is_gone_when_it_is_wanted_again_is_said(data):
    interpreter, _, _ = session(1)
    before = interpreter.checkpoint()
    interpreter.ask("first")
    interpreter.attach([data])
    data.unlink()
    with pytest.raises(UsageError, match=r"data\.csv"):
        interpreter.restore(before)
    assert (interpreter.attached, requests(interpreter)) == ({}, [])


def test_a_reset_forgets_all_but_the_attached_files(data):
    interpreter, script, sandbox = session(2, ok("1\n", files=[("made.txt", 1)]), ok("1\n"))
    interpreter.attach([data])
    interpreter.ask("first")
    interpreter.reset()
    assert requests(interpreter) == []
    assert [file.path for file in sandbox.files.list()] == ["data.csv"]
    answer = interpreter.ask("second")
    assert script.seen[-2][1:] == ["Files:\n- data.csv\n\nRequest: second"]
    assert answer.turns[0].request == 0


def test_another_model_goes_on_with_the_conversation():
    interpreter, _, _ = session(1, ok("1\n"), ok("2\n"))
    interpreter.ask("first")
    script = Script("print(2)\n```", "Two.")
    interpreter.use_model(ScriptedModel(script, name="other", n_ctx=2100))
    answer = interpreter.ask("second")
    assert (answer.text, answer.model.name, answer.model.n_ctx) == ("Two.", "other", 2100)
    assert any(content.endswith("Request: first") for content in script.seen[0])


def test_an_unknown_model_changes_nothing():
    interpreter, _, _ = session(1)
    with pytest.raises(UnknownModelError):
        interpreter.use_model("nonsense")
    assert interpreter.ask("first").model.name == "scripted"


def test_a_model_that_cannot_be_loaded_leaves_the_old_one(tmp_path):
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\xff" * 100)
    interpreter, _, _ = session(1)
    with pytest.raises(ModelLoadError):
        interpreter.use_model(tmp_path / "broken.gguf")
    assert interpreter.ask("first").model.name == "scripted"


def test_a_request_that_breaks_off_is_not_remembered(data):
    def broken(_sandbox):
        raise WorkerCrashedError("The sandbox's process ended.")

    interpreter, script, sandbox = session(2)
    interpreter.attach([data])
    sandbox.on_run = broken
    with pytest.raises(WorkerCrashedError):
        interpreter.ask("broken")
    sandbox.on_run = None
    script.replies[:] = ANSWERED
    interpreter.ask("whole")
    assert requests(interpreter) == ["whole"]
    assert script.seen[-2][1:] == ["Files:\n- data.csv\n\nRequest: whole"]


def test_a_turn_that_failed_can_be_taken_back_like_any_other():
    script = Script("1 / 0\n```", *ANSWERED)
    interpreter = CodeInterpreter(
        ScriptedModel(script),
        sandbox=ScriptedSandbox(error("ZeroDivisionError", "division by zero"), ok("1\n")),
        max_turns=1,
    )
    before = interpreter.checkpoint()
    assert interpreter.ask("first").status == "failed"
    interpreter.restore(before)
    assert interpreter.ask("second").status == "ok"
    assert [content for content in script.seen[1] if "Request: " in content] == [
        "There are no files.\n\nRequest: second"
    ]
