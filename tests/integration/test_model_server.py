"""Models on servers, with the real runtime: a request, and a benchmark whose server ends in the middle."""

import json

import pytest

from offline_ci.cli.run import run
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.scripted import ScriptedModel
from support.command_line import call
from support.model_server import ModelServer
from support.real_models import small

pytestmark = pytest.mark.runtime


@pytest.mark.model
def test_a_request_is_answered_by_a_model_on_a_server(tmp_path):
    """A real model behind it: its own tokens tell whether a begun answer is continued."""
    model = LlamaCppModel(small().path, name="small", n_ctx=2048, gpu_layers=0)
    with ModelServer(model, kind="plain") as server:
        server.models[0]["max_model_len"] = 2048
        ended = call("ask", "-m", server.url, "--json", "--max-turns", 1, "What is 2 + 2?", cwd=tmp_path)
        roles = [messages[-1]["role"] for messages in server.conversations()]
    model.close()
    document = json.loads(ended.out)
    assert (ended.status, document["status"], ended.err) == (0, "ok", "")
    assert "4" in document["answer"]
    assert document["model"] == {"name": "small", "sha256": "", "n_ctx": 2048, "gpu_layers": 0}
    assert roles == ["assistant", "user"]  # the open fence, and the answer


def test_a_run_goes_on_where_its_server_ended(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    is_well = False
    names = ("one", "two", "three")
    tasks = [
        {
            "task_id": f"t/{i}",
            "prompt": f'def {name}():\n    """Return {i + 1}."""\n',
            "entry_point": name,
            "canonical_solution": f"    return {i + 1}\n",
            "test": f"def check(candidate):\n    assert candidate() == {i + 1}\n",
        }
        for i, name in enumerate(names)
    ]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))

    def reply(messages, _prefill):
        i = next(i for i, name in enumerate(names) if f"def {name}" in messages[-1].content)
        if i == 1 and not is_well:
            raise ConnectionResetError
        return f"def {names[i]}():\n    return {i + 1}\n```"

    with ModelServer(ScriptedModel(reply)) as server:
        command = ["bench", "run", "--suite", "tasks.jsonl", "-m", server.url, "--json"]
        assert run(command) == 4
        assert "ended in the middle of its answer" in capsys.readouterr().err
        (folder,) = (tmp_path / "bench-results").iterdir()
        assert len((folder / "samples.jsonl").read_text().splitlines()) == 1
        is_well = True
        assert run([*command, "--resume"]) == 0
    (done,) = json.loads(capsys.readouterr().out)["runs"]
    assert (done["run"], done["pass@1"]) == (f"bench-results/{folder.name}", 1.0)
    description = {"address": server.url, "model": "scripted", "software": "llama-server b1"}
    assert (done["model"]["sha256"], done["model"]["server"]) == ("", description)
