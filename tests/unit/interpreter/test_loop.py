"""The loop: write, run, repair, answer; with a scripted model and a scripted sandbox."""

import json

import pytest

from offline_ci.errors import PromptTooLongError, UsageError
from offline_ci.interpreter import CodeInterpreter, events, prompt
from offline_ci.llm.scripted import ScriptedModel
from offline_ci.sandbox.result import ExecutionResult, LimitHit
from support.scripted_sandbox import ScriptedSandbox, error, ok


class Script:
    """Replies in turn; keeps the conversation that led to each."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.seen = []

    def __call__(self, messages, prefill):
        self.seen.append((list(messages), prefill))
        return self.replies.pop(0)


class Recording(ScriptedModel):
    """Keeps how it was to sample."""

    def __init__(self, script):
        super().__init__(script, n_ctx=4096)
        self.params = []

    def generate(self, messages, params, **options):
        self.params.append(params)
        return super().generate(messages, params, **options)


def interpreter(script, sandbox, *, n_ctx=4096, **options):
    return CodeInterpreter(ScriptedModel(script, n_ctx=n_ctx), sandbox=sandbox, **options)


def test_a_program_runs_and_the_answer_is_written_from_its_output():
    script = Script("print(6 * 7)\n```\nignored", "It is 42.")
    sandbox = ScriptedSandbox(ok("42\n"))
    heard = []
    answer = interpreter(script, sandbox).ask("What is 6 times 7?", on_event=heard.append)
    assert (answer.status, answer.text) == ("ok", "It is 42.")
    assert sandbox.programs == ["print(6 * 7)"]
    assert [(t.request, t.code, t.status) for t in answer.turns] == [(0, "print(6 * 7)", "ok")]
    assert script.seen[0][1] == prompt.PREFILL
    assert script.seen[1][1] == ""
    assert script.seen[1][0][-1].content.startswith(
        "The program ran without errors. Its output:\n42\n\nNow answer the request"
    )
    assert [type(e).__name__ for e in heard if not isinstance(e, events.CodeText | events.AnswerText)] == [
        "RequestStarted",
        "CodeFinished",
        "CellOutput",
        "CellFinished",
        "RequestFinished",
    ]
    assert "".join(e.text for e in heard if isinstance(e, events.CodeText)) == "print(6 * 7)"
    assert "".join(e.text for e in heard if isinstance(e, events.AnswerText)) == "It is 42."
    assert heard[-1] == events.RequestFinished("ok", "It is 42.")
    assert answer.usage.completion_tokens > 5
    assert 0 <= answer.timings.first_token_s <= answer.timings.total_s


HEAD = 'def double(n):\n    """Twice n."""'


def test_a_function_is_asked_for_in_the_words_of_the_benchmarks_and_repaired_in_ours():
    script = Script("def double(n):\n    return n\n```", "def double(n):\n    return 2 * n\n```", "Done.")
    sandbox = ScriptedSandbox(error("ValueError", "no"), ok("done\n"))
    answer = interpreter(script, sandbox).ask(f"Complete this function:\n```python\n{HEAD}\n```")
    assert answer.status == "ok"
    (first, prefill), (second, ours) = script.seen[:2]
    (message,) = first
    assert (message.role, message.content.partition("\n")[2]) == ("user", f"```\n{HEAD}\n```\n")
    assert message.content.startswith("Please provide a self-contained Python script that solves the following problem")
    assert prefill.endswith("passes corresponding tests:\n```python\n")
    assert ours == prompt.PREFILL
    assert [message.role for message in second] == ["system", "user", "assistant", "user"]
    assert "def double(n):\n    return n" in second[2].content


@pytest.mark.parametrize(
    ("request_text", "asked"),
    [
        ("Please complete the function below.\n```\nX\n```", "```\nX\n```\n"),
        ("```python\nX\n```\nUse no loop. It must be fast.", "Use no loop. It must be fast.\n```\nX\n```\n"),
        ("Write def f(n), which gives n + 1", "Write def f(n), which gives n + 1\n"),
    ],
)
def test_the_words_around_a_function_are_kept_where_they_say_something(request_text, asked):
    assert prompt.function_message(request_text).partition("\n")[2] == asked


def test_a_function_that_goes_on_from_something_is_asked_for_in_our_words():
    script = Script("x = 1\n```", "Done.", "def f(n):\n    return n\n```", "Done.")
    chat = interpreter(script, ScriptedSandbox(ok("1\n"), ok("1\n")))
    chat.ask("Set x to 1")
    chat.ask("Write def f(n), which gives n + x")
    assert script.seen[2][1] == prompt.PREFILL
    assert script.seen[2][0][0].role == "system"


def test_what_a_failed_program_left_behind_is_gone_before_the_next_one():
    sandbox = ScriptedSandbox(error("ValueError", "no", files=[("half.csv", 4)]), ok("done\n"))
    seen = []
    sandbox.on_run = lambda sandbox: seen.append(sorted(sandbox.files.contents))
    answer = interpreter(Script("a = 1; boom()\n```", "print('done')\n```", "Done."), sandbox).ask("Do it")
    assert answer.status == "ok"
    assert seen == [[], []]
    assert sandbox.files.list() == []


def test_a_forgotten_import_is_mended_without_the_model():
    script = Script("print(np.ones(3))\n```", "Ones.")
    sandbox = ScriptedSandbox(error("NameError", "name 'np' is not defined"), ok("[1. 1. 1.]\n"))
    answer = interpreter(script, sandbox).ask("Print ones")
    assert (answer.status, len(script.seen)) == ("ok", 2)
    assert sandbox.programs == ["print(np.ones(3))", "import numpy as np\nprint(np.ones(3))"]


def test_an_answer_with_a_number_from_nowhere_is_written_again():
    script = Script("print(6 * 7)\n```", "It is 420.", "It is 42.")
    heard = []
    answer = interpreter(script, ScriptedSandbox(ok("42\n"))).ask("What is 6 times 7?", on_event=heard.append)
    assert (answer.status, answer.text) == ("ok", "It is 42.")
    assert script.seen[2][0][-1].content.startswith("The output does not have 420.")
    assert [e.reason for e in heard if isinstance(e, events.AnswerDropped)] == ["The output does not have 420."]


def test_an_answer_in_latex_is_replaced_by_the_output():
    script = Script("print('2*x')\n```", r"The derivative is \(2x\).")
    assert interpreter(script, ScriptedSandbox(ok("2*x\n"))).ask("Derive x**2").text == "2*x"


def test_an_answer_may_name_what_an_earlier_request_found():
    script = Script("print(6 * 70)\n```", "It is 420.", "print(99)\n```", "99, and 420 before.")
    session = interpreter(script, ScriptedSandbox(ok("420\n"), ok("99\n")))
    session.ask("What is 6 times 70?")
    assert session.ask("And ninety-nine?").text == "99, and 420 before."


def test_an_answer_that_insists_on_its_number_is_replaced_by_the_output():
    script = Script("print(6 * 7)\n```", "It is 420.", "It is 420.", "print(1)\n```", "1")
    session = interpreter(script, ScriptedSandbox(ok("42\n"), ok("1\n")))
    assert session.ask("What is 6 times 7?").text == "42"
    session.ask("Print one")
    assert [m.content for m in script.seen[3][0] if "420" in m.content] == []


def test_a_kind_of_file_that_is_missing_is_asked_for_once():
    script = Script("print(1)\n```", "print(2)\n```", "Done.")
    answer = interpreter(script, ScriptedSandbox(ok("1\n"), ok("2\n"))).ask("Convert it to json")
    assert (answer.status, len(answer.turns)) == ("ok", 2)
    assert "wrote no .json file" in script.seen[1][0][-1].content


def test_a_failure_is_told_and_repaired():
    script = Script("pritn(1)\n```", "print(1)\n```", "1.")
    sandbox = ScriptedSandbox(error("NameError", "name 'pritn' is not defined", stdout="before\n"), ok("1\n"))
    answer = interpreter(script, sandbox).ask("Print one")
    assert (answer.status, [t.status for t in answer.turns]) == ("ok", ["error", "ok"])
    feedback = script.seen[1][0][-1].content
    assert feedback == (
        "Output before the failure:\nbefore\n\nThe program failed.\nNameError: name 'pritn' is not defined\n"
        "in line 1: pritn(1)\nHint: give pritn a value before you use it.\n\nWrite the complete corrected program."
    )
    assert script.seen[1][0][-2].content == "```python\npritn(1)\n```"


def test_the_same_failing_program_is_not_run_again():
    script = Script("boom()\n```", "boom()\n```", "print(2)\n```", "2.")
    sandbox = ScriptedSandbox(error("NameError", "name 'boom' is not defined"), ok("2\n"))
    heard = []
    answer = interpreter(script, sandbox).ask("Print two", on_event=heard.append)
    assert events.CodeDropped("The same program has failed before.") in heard
    assert answer.status == "ok"
    assert sandbox.programs == ["boom()", "print(2)"]
    messages = script.seen[2][0]
    assert [m.role for m in messages] == ["system", "user"]
    assert messages[-1].content.startswith(
        "There are no files.\n\nRequest: Print two\n\nEarlier programs failed:\nNameError: name 'boom'"
    )


def test_the_same_mistake_in_other_words_changes_the_strategy_too():
    script = Script("boom()\n```", "x = 1\nboom()\n```", "print(2)\n```", "2.")
    sandbox = ScriptedSandbox(
        error("NameError", "name 'boom' is not defined"), error("NameError", "name 'boom' is not defined", 2), ok("2\n")
    )
    answer = interpreter(script, sandbox).ask("Print two")
    assert answer.status == "ok"
    assert sandbox.programs == ["boom()", "x = 1\nboom()", "print(2)"]
    messages = script.seen[2][0]
    assert [m.role for m in messages] == ["system", "user"]
    assert "Earlier programs failed:\nNameError" in messages[-1].content


def test_the_spelling_of_a_file_is_mended_without_the_model(tmp_path):
    (tmp_path / "Sales Report.csv").write_text("a,b\n1,2\n")
    script = Script("read('sales_report.csv')\n```", "Done.")
    sandbox = ScriptedSandbox(
        error("FileNotFoundError", "[Errno 44] No such file or directory: 'sales_report.csv'"), ok("1\n")
    )
    heard = []
    answer = interpreter(script, sandbox).ask("Read it", [tmp_path / "Sales Report.csv"], on_event=heard.append)
    assert (answer.status, sandbox.programs) == ("ok", ["read('sales_report.csv')", "read('Sales Report.csv')"])
    assert [t.status for t in answer.turns] == ["error", "ok"]
    assert script.seen[1][0][-2].content == "```python\nread('Sales Report.csv')\n```"
    assert events.CodeText("read('Sales Report.csv')") in heard


def test_when_the_turns_are_used_up_the_answer_is_honest():
    script = Script(*[f"boom({i})\n```" for i in range(3)])
    sandbox = ScriptedSandbox(*[error("NameError", f"name 'boom{i}' is not defined") for i in "abc"])
    answer = interpreter(script, sandbox, max_turns=3).ask("Do it")
    assert answer.status == "failed"
    assert answer.text.startswith(
        "I could not do this: 3 programs ran, and the last problem was:\nNameError: name 'boomc' is not defined"
    )
    assert len(answer.turns) == 3


def test_a_file_that_was_asked_for_must_be_there():
    script = Script("x = 1\n```", "save()\n```", "Saved merged.png.")
    sandbox = ScriptedSandbox(ok("done\n"), ok(files=[("merged.png", 10)]))
    answer = interpreter(script, sandbox).ask("Save it as merged.png")
    assert answer.status == "ok"
    assert "did not save merged.png" in script.seen[1][0][-1].content
    assert "Files written:\n- merged.png" in script.seen[2][0][-1].content
    assert [(str(f.path), f.bytes) for f in answer.files] == [("merged.png", 10)]


def test_a_silent_program_is_sent_back():
    script = Script("x = 1\n```", "print(1)\n```", "1.")
    answer = interpreter(script, ScriptedSandbox(ok(), ok("1\n"))).ask("Compute")
    assert answer.status == "ok"
    assert prompt.SILENT in script.seen[1][0][-1].content


WRONG = "def double(n):\n    return n"
ASKED = "Write def double(n): with double(4) == 8"
BROKEN = ["double(4) gives 4; it should give 8"]


def test_a_function_that_breaks_the_requests_examples_is_written_afresh():
    script = Script(f"{WRONG}\n```", f"{WRONG} + 1\n```", f"{WRONG} * 2\n```")
    sandbox = ScriptedSandbox(ok(), ok(), ok(), broken_examples=[BROKEN, BROKEN, []])
    model = Recording(script)
    answer = CodeInterpreter(model, sandbox=sandbox).ask(ASKED)
    assert (answer.status, answer.turns[-1].code) == ("ok", f"{WRONG} * 2")
    assert answer.text == "The function `double` is written, and the example of the request came out right."
    assert [[message.content for message in messages] for messages, _ in script.seen] == [
        [prompt.function_message(ASKED)]
    ] * 3
    assert [params.temperature for params in model.params] == [0.0, 0.8, 0.8]


def test_the_last_try_at_a_function_is_a_repair():
    script = Script(f"{WRONG}\n```", f"{WRONG} + 1\n```", f"{WRONG} * 2\n```")
    sandbox = ScriptedSandbox(ok(), ok(), ok(), broken_examples=[BROKEN, BROKEN, []])
    answer = interpreter(script, sandbox, max_turns=3).ask(ASKED)
    assert answer.status == "ok"
    messages, prefill = script.seen[2]
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert f"{WRONG} + 1" in messages[2].content
    assert messages[3].content.startswith(f"{prompt.BROKEN_EXAMPLES}\n{BROKEN[0]}\n\n")
    assert prefill == prompt.PREFILL


def test_what_a_function_prints_as_a_test_of_its_own_needs_no_answer():
    script = Script(f"{WRONG} * 2\nprint(double(4))\n```")
    asked = "Complete this function:\n```python\ndef double(n):\n    # double(4) == 8\n```"
    answer = interpreter(script, ScriptedSandbox(ok("8\n"), broken_examples=[[]])).ask(asked)
    assert answer.text.startswith("The function `double` is written")


COMPLETE = "Complete this function:\n```python\ndef double(n):\n    # double(4) == 8, see a.txt\n```"


def test_the_requests_examples_outweigh_a_test_of_the_programs_own():
    script = Script(f"{WRONG} * 2\nassert double(4) == 9\n```")
    answer = interpreter(script, ScriptedSandbox(error("AssertionError", "", line=3), broken_examples=[[]])).ask(
        COMPLETE
    )
    assert (answer.status, len(answer.turns)) == ("ok", 1)
    assert answer.text.endswith("A test that the program makes of its own failed (AssertionError).")


def test_a_function_without_an_example_need_not_say_anything_but_be_there():
    request = COMPLETE.replace("double(4) == 8", "doubles")
    script = Script("x = 1\n```", f"{WRONG} * 2\n```")
    answer = interpreter(script, ScriptedSandbox(ok(), ok())).ask(request)
    assert (answer.status, len(answer.turns)) == ("ok", 2)
    assert answer.text == "The function `double` is written. The request has no example to try it with."


def test_what_a_function_printed_is_answered_from():
    script = Script(f"{WRONG} * 2\nprint(double(4))\n```", "It gives 8.")
    answer = interpreter(script, ScriptedSandbox(ok("8\n"), broken_examples=[[]])).ask(ASKED)
    assert (answer.status, answer.text) == ("ok", "It gives 8.")


def test_a_function_needs_no_output_where_examples_speak_for_it():
    script = Script("def double(n):\n    return 2 * n\n```", "It doubles.")
    answer = interpreter(script, ScriptedSandbox(ok(), broken_examples=[[]])).ask("double(4) == 8")
    assert (answer.status, len(answer.turns)) == ("ok", 1)


def test_a_program_that_found_nothing_in_a_file_is_sent_back_once(tmp_path):
    (tmp_path / "a.txt").write_text("Total: 5")
    script = Script("look()\n```", "look()\n```", "0.")
    sandbox = ScriptedSandbox(ok("total: 0\n"), ok("total: 0\n"))
    answer = interpreter(script, sandbox).ask("Add it up", [tmp_path / "a.txt"])
    assert (answer.status, answer.text, sandbox.programs) == ("ok", "0.", ["look()", "look()"])
    assert "found nothing (total: 0)" in script.seen[1][0][-1].content


@pytest.mark.parametrize("output", ["total: 10\n", "a  3\nb  0\n", "took 10 ms\n", "size: -\n10 rows\n"])
def test_a_result_is_no_nothing(output, tmp_path):
    (tmp_path / "a.txt").write_text("Total: 5")
    script = Script("look()\n```", "Done.")
    assert len(interpreter(script, ScriptedSandbox(ok(output))).ask("Look", [tmp_path / "a.txt"]).turns) == 1


def test_an_answer_begins_with_what_small_models_do_not_say():
    script = Script("print(None)\n```", " no such x.")
    answer = interpreter(script, ScriptedSandbox(ok("None\n"))).ask("Solve it")
    assert answer.text == "There is none: no such x."
    assert script.seen[1][1] == "There is none:"
    script = Script("print(1)\n```", " It has no rows.")
    answer = interpreter(script, ScriptedSandbox(ok("1\n"))).ask("How many rows does b.csv have?")
    assert answer.text == "There is no file b.csv. It has no rows."


def test_a_program_with_placeholders_of_the_recipes_is_sent_back_twice(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    script = Script('df["VALUE"].sum()\n```', 'df["VALUE"].sum()\n```', 'df["VALUE"].sum()\n```', "1.")
    sandbox = ScriptedSandbox(ok("1\n"))
    answer = interpreter(script, sandbox).ask("Sum per x", [tmp_path / "a.csv"])
    assert (answer.status, len(sandbox.programs)) == ("ok", 1)
    assert script.seen[1][0][-1].content.startswith("VALUE in the program stand for real names")
    assert len(script.seen[2][0]) == 2  # the second time it begins anew
    assert "VALUE in the program" in script.seen[2][0][-1].content


def test_no_program_and_a_cut_off_program_are_sent_back():
    script = Script("\n```", "x = " + "1 + " * 3000 + "1", "print(1)\n```", "1.")
    sandbox = ScriptedSandbox(ok("1\n"))
    answer = interpreter(script, sandbox).ask("Compute")
    assert answer.status == "ok"
    assert script.seen[1][0][-1].content == prompt.NO_CODE
    assert script.seen[2][0][-1].content == prompt.TOO_LONG
    assert sandbox.programs == ["print(1)"]


@pytest.mark.parametrize("reply", ["```python\nprint(2)\n```", "", "   "])
def test_an_answer_that_is_only_code_or_nothing_becomes_the_output(reply):
    script = Script("print(1)\n```", reply)
    answer = interpreter(script, ScriptedSandbox(ok("one\n"))).ask("Compute")
    assert (answer.status, answer.text) == ("ok", "one")


def test_an_answer_ends_where_code_begins():
    script = Script("print(1)\n```", "It is 1.\n\n```python\nprint(1)\n```")
    assert interpreter(script, ScriptedSandbox(ok("1\n"))).ask("Compute").text == "It is 1."


def test_a_program_that_exits_well_is_done_and_one_that_exits_badly_is_not():
    left = ExecutionResult("exit", stdout="1\n", outputs=ok("1\n").outputs, exit_code=0)
    answer = interpreter(Script("print(1); exit()\n```", "1."), ScriptedSandbox(left)).ask("Compute")
    assert (answer.status, answer.text) == ("ok", "1.")
    script = Script("exit(2)\n```", "print(1)\n```", "1.")
    answer = interpreter(script, ScriptedSandbox(ExecutionResult("exit", exit_code=2), ok("1\n"))).ask("Compute")
    assert [t.status for t in answer.turns] == ["exit", "ok"]
    assert "Do not call exit()" in script.seen[1][0][-1].content


def test_a_limit_is_explained_to_the_model():
    script = Script("while True: pass\n```", "print(1)\n```", "1.")
    limit = ExecutionResult("time_limit", limit=LimitHit("time_s", 60.0, 60.1), state_lost=True)
    answer = interpreter(script, ScriptedSandbox(limit, ok("1\n"))).ask("Compute")
    assert [t.status for t in answer.turns] == ["time_limit", "ok"]
    assert "stopped after 60 seconds" in script.seen[1][0][-1].content
    assert "All variables are gone" in script.seen[1][0][-1].content


def test_requests_are_turns_of_one_session():
    script = Script("x = 1; print(x)\n```", "x is 1.", "print(x + 1)\n```", "It is 2.")
    sandbox = ScriptedSandbox(ok("1\n", files=[("a.csv", 3)]), ok("2\n"))
    session = interpreter(script, sandbox)
    session.ask("Set x to 1")
    answer = session.ask("Add one to a.csv")
    assert [t.request for t in answer.turns] == [1]
    contents = [m.content for m in script.seen[2][0]]
    assert contents[1:4] == [
        "There are no files.\n\nRequest: Set x to 1",
        "```python\nx = 1; print(x)\n```",
        contents[3],
    ]
    assert contents[-1] == (
        "Also in the working directory: a.csv\n\n"
        'The request before: \'Set x to 1\'. In the next one "it", "that" and "the result" mean a.csv.\n\n'
        "Request: Add one to a.csv"
    )


def test_an_interruption_while_writing_ends_the_request():
    session = None

    def reply(_messages, _prefill):
        session.interrupt()
        return "print(1)\n```"

    sandbox = ScriptedSandbox()
    session = interpreter(reply, sandbox)
    answer = session.ask("Compute")
    assert (answer.status, answer.turns, sandbox.programs) == ("interrupted", [], [])
    roles = [message.role for message in session._conversation.messages(0)]
    assert roles == ["system", "user", "assistant"]


def test_an_interruption_while_running_keeps_the_turn_and_saves_nothing_half(tmp_path):
    stopped = ExecutionResult("interrupted", files=ok(files=[("half.bin", 3)]).files)
    sandbox = ScriptedSandbox(stopped)
    session = interpreter(Script("work()\n```"), sandbox, output_dir=tmp_path)
    sandbox.on_run = lambda _: session.interrupt()
    answer = session.ask("Work")
    assert (answer.status, [t.status for t in answer.turns], answer.files) == ("interrupted", ["interrupted"], [])
    assert list(tmp_path.iterdir()) == []
    script = session.model._reply
    script.replies += ["print(1)\n```", "1."]
    sandbox._results.append(ok("1\n"))
    sandbox.on_run = None
    assert session.ask("Compute").status == "ok"


def test_files_land_in_the_folder_and_failures_leave_what_was_written(tmp_path):
    sandbox = ScriptedSandbox(error("ValueError", "no", files=[("part.csv", 4)]))
    answer = interpreter(Script("x()\n```"), sandbox, output_dir=tmp_path, max_turns=1).ask("Work")
    assert answer.status == "failed"
    assert [(f.path, f.bytes) for f in answer.files] == [(tmp_path / "part.csv", 4)]


@pytest.mark.parametrize("request_text", ["", "   \n"])
def test_an_empty_request_is_refused(request_text):
    with pytest.raises(UsageError, match="The request is empty"):
        interpreter(Script(), ScriptedSandbox()).ask(request_text)


def test_a_request_that_does_not_fit_is_refused_before_anything_runs():
    session = interpreter(Script(), ScriptedSandbox(), n_ctx=2048)
    with pytest.raises(PromptTooLongError) as caught:
        session.ask("word " * 3000)
    assert caught.value.n_ctx == 2048


def test_a_small_context_still_works():
    script = Script("print(1)\n```", "1.")
    answer = interpreter(script, ScriptedSandbox(ok("9" * 50_000)), n_ctx=1024).ask("Compute")
    assert answer.status == "ok"


def test_the_users_model_and_sandbox_stay_open():
    sandbox = ScriptedSandbox()
    model = ScriptedModel([])
    with CodeInterpreter(model, sandbox=sandbox):
        pass
    assert not sandbox.closed
    assert model.count_tokens([]) > 0


def test_max_turns_must_be_positive():
    with pytest.raises(UsageError, match="max_turns is 0"):
        CodeInterpreter(ScriptedModel([]), sandbox=ScriptedSandbox(), max_turns=0)


def test_the_session_is_a_valid_notebook():
    import nbformat

    shown = {"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}}
    script = Script("pritn()\n```", "print(1)\n```", "One.")
    sandbox = ScriptedSandbox(error("NameError", "name 'pritn' is not defined"), ok("1\n", result="2", outputs=[shown]))
    session = interpreter(script, sandbox)
    session.ask("Compute <b>one</b>")
    notebook = nbformat.reads(session.notebook().decode(), as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "markdown"]
    assert [o.output_type for o in notebook.cells[2].outputs] == ["stream", "display_data", "execute_result"]
    assert notebook.cells[1].outputs[0].ename == "NameError"
    assert json.loads(session.notebook())["metadata"]["kernelspec"]["name"] == "python3"


def test_a_program_that_is_only_suspected_is_taken_the_second_time(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    same = "print(df.x.sum())\n```"
    script = Script(same, same, "1.")
    sandbox = ScriptedSandbox(ok("1\n"), ok("1\n"))
    answer = interpreter(script, sandbox).ask("Which are the top 5 of x?", [tmp_path / "a.csv"])
    assert (answer.status, answer.text, len(sandbox.programs)) == ("ok", "1.", 2)
    assert "The request says 5" in script.seen[1][0][-1].content


def test_what_a_suspected_program_did_is_not_done_twice(tmp_path):
    """A session's variable would be raised twice, a line appended twice."""
    (tmp_path / "a.csv").write_text("x\n1\n")
    same = "n += 1; print(df.x.sum())\n```"
    found = []

    def count(sandbox):
        n = sandbox.files.contents.get("n", b"")
        found.append(n)
        sandbox.files.contents["n"] = n + b"1"

    script = Script(same, "print(df.y)\n```", same, "1.")
    sandbox = ScriptedSandbox(ok("1\n"), error("KeyError", "'y'"), ok("1\n"), on_run=count)
    answer = interpreter(script, sandbox).ask("Which are the top 5 of x?", [tmp_path / "a.csv"])
    assert (answer.status, answer.text) == ("ok", "1.")
    assert found == [b"", b"", b""]


def test_where_nothing_else_does_the_job_the_suspected_program_is_the_answer(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    suspected, failing = "print(df.x.sum())\n```", "print(df.y)\n```"
    script = Script(suspected, failing, failing.replace("y", "z"), "1.")
    sandbox = ScriptedSandbox(ok("1\n"), error("KeyError", "'y'"), error("KeyError", "'z'"))
    answer = interpreter(script, sandbox, max_turns=3).ask("Which are the top 5 of x?", [tmp_path / "a.csv"])
    assert (answer.status, answer.text) == ("ok", "1.")
    assert [message.role for message in script.seen[-1][0]] == ["system", "user", "assistant", "user"]
    assert "print(df.x.sum())" in script.seen[-1][0][2].content


def test_a_program_that_contradicts_itself_is_not_taken_unless_nothing_else_does_the_job():
    wrong, failing = "miles_per_gallon = litres / miles\nprint(miles_per_gallon)\n```", "print(x)\n```"
    script = Script(wrong, wrong, failing, failing.replace("x", "y"), "0.1.")
    sandbox = ScriptedSandbox(ok("0.1\n"), error("NameError", "x"), error("NameError", "y"))
    answer = interpreter(script, sandbox, max_turns=4).ask("What is that in miles per gallon?")
    assert "divided by the gallons, not litres / miles" in script.seen[1][0][-1].content
    assert [len(messages) for messages, _ in script.seen] == [2, 4, 2, 4, 4]  # it starts over after the second
    assert (answer.status, answer.text) == ("ok", "0.1.")


def test_a_column_that_is_not_there_twice_is_said_to_be_missing(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    script = Script(
        "print(df['age'])\n```", "print(df['age'].sum())\n```", "print('There is no column age.')\n```", " no."
    )
    sandbox = ScriptedSandbox(error("KeyError", "'age'"), error("KeyError", "'age'"), ok("There is no column age.\n"))
    answer = interpreter(script, sandbox).ask("Add up the age of all", [tmp_path / "a.csv"])
    assert answer.status == "ok"
    assert "there is no column age" in script.seen[2][0][-1].content
