"""A session whose model is on a server: one that continues the open fence, and one that begins anew."""

import subprocess
import sys

import pytest

from offline_ci.errors import ModelServerError, UsageError
from offline_ci.interpreter import CodeInterpreter
from offline_ci.interpreter.loaded_model import ModelReference, find_again
from offline_ci.llm.scripted import ScriptedModel
from support.model_server import ModelServer
from support.scripted_sandbox import ScriptedSandbox, error, ok


def continuing(messages, prefill):
    if not prefill:
        return "It is 42."
    is_repair = "failed" in messages[-1].content
    return ("print(6 * 7)" if is_repair else "print(6 * x)") + "\n```\nThis prints it."


def chatty(messages, _prefill):
    last = messages[-1].content
    if "```python" not in last:
        return "It is 42."
    code = "print(6 * 7)" if "failed" in last else "print(6 * x)"
    return f"Of course! Here is the program:\n\n```python\n{code}\n```\n\nIt prints the product."


@pytest.mark.parametrize("kind", ["llama-server", "plain"])
@pytest.mark.parametrize(("reply", "continues"), [(continuing, True), (chatty, False)])
def test_programs_run_and_are_mended_whichever_way_the_server_begins(reply, continues, kind):
    sandbox = ScriptedSandbox(error("NameError", "name 'x' is not defined"), ok("42\n"))
    with ModelServer(ScriptedModel(reply, n_ctx=4096), kind=kind, continues=continues) as server:
        with CodeInterpreter(server.url, sandbox=sandbox) as interpreter:
            answer = interpreter.ask("What is 6 times 7?")
        assert sandbox.programs == ["print(6 * x)", "print(6 * 7)"]
        assert (answer.status, answer.text) == ("ok", "It is 42.")
        assert answer.model.name == "scripted"
        assert answer.usage.prompt_tokens > answer.usage.completion_tokens > 0


def test_a_server_that_ends_ends_the_request_and_nothing_else():
    model = ScriptedModel(continuing)
    with ModelServer(model) as server:
        interpreter = CodeInterpreter(server.url, sandbox=ScriptedSandbox())
    with pytest.raises(ModelServerError, match="No server listens"):
        interpreter.ask("What is 6 times 7?")
    assert interpreter.exchanges == ()
    interpreter.use_model(ScriptedModel(continuing))
    interpreter.close()


def test_a_session_is_found_again_by_the_address_as_it_was_given():
    with ModelServer(ScriptedModel(continuing)) as server:
        given = f"{server.url}#scripted"
        with CodeInterpreter(given, sandbox=ScriptedSandbox()) as interpreter:
            reference = interpreter.memory().model
    assert reference == ModelReference("scripted", given)
    assert find_again(reference).text == given


def test_a_saved_session_leads_to_no_other_machine():
    reference = ModelReference("m", "http://192.0.2.1/v1")
    with pytest.raises(UsageError, match="is not known to be this machine"):
        find_again(reference)
    assert not find_again(reference, allow_remote=True).is_local


def test_another_model_may_not_be_on_another_machine_either():
    with CodeInterpreter(ScriptedModel([]), sandbox=ScriptedSandbox()) as interpreter:
        with pytest.raises(UsageError, match="is not known to be this machine"):
            interpreter.use_model("http://192.0.2.1/v1")
        assert interpreter.info.name == "scripted"
        with ModelServer(ScriptedModel([], name="other")) as server:
            interpreter.use_model(server.url)
            assert interpreter.info.name == "other"


def test_without_a_server_the_network_is_not_even_imported():
    code = (
        "import sys, offline_ci.cli.commands, offline_ci.interpreter.interpreter as i, offline_ci.cli.ask\n"
        "from offline_ci.llm.scripted import ScriptedModel\n"
        "i.find_model(ScriptedModel([]))\n"
        "print(sorted({'socket', 'ssl', 'http.client', 'offline_ci.llm.server_http'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
