"""Suites of all kinds: got, listed, put to models, over a Ray cluster too."""

import hashlib
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from interpreter_run import reference_model
from suites.interpreter import all_tasks

from offline_ci.artifacts.models import ModelStore
from offline_ci.bench import ray_engine
from offline_ci.bench.formats import read_suite
from offline_ci.bench.generate import Decoding
from offline_ci.bench.ray_engine import Cluster, run_suite_on_ray
from offline_ci.bench.records import RunFolder, new_header
from offline_ci.bench.run import loaded, run_suite
from offline_ci.bench.suites import KNOWN, find_suite, pull
from offline_ci.bench.tasks import Suite
from offline_ci.errors import FetchError, UsageError
from offline_ci.llm.base import ModelInfo
from offline_ci.llm.scripted import ScriptedModel
from support.command_line import call
from support.file_server import FileServer, Served

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

MBPP = {
    "task_id": 2,
    "text": "Write a function to double a number.",
    "code": "def double(x): return 2 * x",
    "test_list": ["assert double(2) == 4", "assert double(0) == 0"],
}


@pytest.fixture
def server():
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


# --- getting them


def test_a_suite_is_pulled_from_an_address_and_known_by_its_name_then(server, home):
    with pytest.raises(UsageError, match="The suite mbpp is not here"):
        find_suite("mbpp")
    body = json.dumps([MBPP]).encode()
    server.paths["/mbpp.json"] = Served(body)
    assert list(pull("mbpp", f"{server.url}/mbpp.json").tasks) == ["Mbpp/2"]
    assert find_suite("mbpp").sha256 == hashlib.sha256(body).hexdigest()


def test_a_suite_comes_across_the_gap_as_a_file(home, tmp_path):
    (tmp_path / "mbpp.jsonl").write_text(json.dumps(MBPP))
    pulled = call("bench", "pull", "mbpp", "--from", "mbpp.jsonl", cwd=tmp_path)
    assert (pulled.status, pulled.out[:32]) == (0, "The suite mbpp is here: 1 tasks,"), pulled.err
    listed = json.loads(call("bench", "list", "--json", cwd=tmp_path).out)["suites"]
    assert {suite["name"]: suite["present"] for suite in listed} == {
        "humaneval": False, "humaneval+": False, "mbpp": True, "mbpp+": False, "ds1000": False,
        "interpreter": True, "everyday": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("served", "says"),
    [
        (Served(status=404), "cannot be fetched: HTTP 404"),
        (Served(b"<html>"), "line 1 is no task"),
        (Served(b""), "the server does not say how long the file is"),
    ],
    ids=["nothing there", "a page", "empty"],
)
def test_what_is_no_suite_replaces_none(server, home, tmp_path, served, says):
    (tmp_path / "mbpp.jsonl").write_text(json.dumps(MBPP))
    before = pull("mbpp", str(tmp_path / "mbpp.jsonl"))
    server.paths["/mbpp.json"] = served
    with pytest.raises((UsageError, FetchError)) as caught:
        pull("mbpp", f"{server.url}/mbpp.json")
    assert says in caught.value.message
    assert find_suite("mbpp") == before


def test_known_suites_say_where_they_come_from():
    for suite in KNOWN.values():
        assert suite.licence
        assert suite.n_tasks > 10
        assert not suite.address or suite.address.startswith("https://")


# --- putting them to models


def run(suite, model, folder, mode="raw", n_samples=1):
    decoding = Decoding(mode=mode)
    found = RunFolder.create(folder, new_header(suite, model.info, decoding, n_samples, len(suite.tasks), 1))
    run_suite(suite, [model], decoding, found, lambda _record: None)
    return found.records


def writes(code):
    return ScriptedModel(lambda _messages, _prefill: f"{code}\n```", name="writes", n_ctx=8192)


def test_requests_are_put_to_a_model_with_their_files(tmp_path):
    (tmp_path / "people.csv").write_text("age\n34\n35\n")
    line = {"id": "mean", "prompt": "The mean age?", "files": ["people.csv"], "checks": [{"answer_number": 34.5}]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(line))
    suite = read_suite("mine", tmp_path / "mine.jsonl")
    right = "import pandas as pd\nprint('mean', pd.read_csv('people.csv')['age'].mean())"
    (record,) = run(suite, writes(right), tmp_path / "right")
    assert (record.outcome, record.solution) == ("PASS", right + "\n")
    (record,) = run(suite, writes("print(34)"), tmp_path / "wrong")
    assert (record.outcome, record.detail) == ("FAIL", "the answer lacks the number 34.5")
    verified = call("bench", "verify", next((tmp_path / "right").iterdir()), "--suite", "mine.jsonl", cwd=tmp_path)
    assert (verified.status, verified.out) == (0, "1 of 1 verdicts are the same.\n")


def test_an_answer_of_the_loop_is_kept_with_the_program_and_judged_again(tmp_path):
    line = {"id": "word", "prompt": "Print a number.", "checks": [{"answer_matches": "^The number is 7"}]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(line))
    suite = read_suite("mine", tmp_path / "mine.jsonl")

    def reply(_messages, prefill):
        return "print(7)\n```" if "```python" in prefill else "The number is 7."

    (record,) = run(suite, ScriptedModel(reply, name="says", n_ctx=8192), tmp_path / "runs", mode="loop")
    assert (record.outcome, record.answer, record.solution) == ("PASS", "The number is 7.", "print(7)"), record
    verified = call("bench", "verify", next((tmp_path / "runs").iterdir()), "--suite", "mine.jsonl", cwd=tmp_path)
    assert verified.status == 0, verified.out


def test_sessions_judge_themselves(tmp_path):
    """The interpreter's own suite, with its reference solutions in the model's place; a sample is an input."""
    whole = find_suite("interpreter")
    assert len(whole.tasks) == KNOWN["interpreter"].n_tasks
    assert len(find_suite("everyday").tasks) == KNOWN["everyday"].n_tasks
    task = next(task for task in all_tasks() if task.id.startswith("sessions/"))
    suite = Suite("interpreter", whole.sha256, {task.id: whole.tasks[task.id]})
    programs = [program for seed in (1, 2) for program in task.at(seed).programs]
    records = run(suite, reference_model(programs), tmp_path / "right", mode="loop", n_samples=2)
    assert [(record.outcome, record.reason) for record in records] == [("PASS", "")] * 2
    assert all(record.answer for record in records)
    (record,) = run(suite, writes("print('nothing')"), tmp_path / "wrong", mode="plain")
    assert record.outcome == "FAIL"
    assert record.reason in {"wrong answer", "gave up"}


@pytest.mark.parametrize(
    ("suite", "mode", "says"),
    [
        ("humaneval", "plain", "The suite humaneval has no mode 'plain'. Use: raw, loop."),
        ("interpreter", "raw", "The suite interpreter has no mode 'raw'. Use: loop, plain."),
        ("mbpp+", "raw", "The suite mbpp+ is not here. Get it: offline-ci bench pull mbpp+"),
    ],
)
def test_what_a_suite_is_not_for_is_refused(tmp_path, suite, mode, says):
    refused = call("bench", "run", "--suite", suite, "--mode", mode, cwd=tmp_path)
    assert (refused.status, refused.out) == (2, "")
    assert says in refused.err.replace("\n", " ")


# --- over a cluster


@pytest.mark.model
def test_a_run_over_ray_whose_worker_is_killed_is_the_same_as_a_local_one(tmp_path):
    """Three processes with a model each; the one that delivers first is killed at its next sample."""
    suite, decoding = find_suite("humaneval"), Decoding(max_tokens=80)
    model = ModelStore().resolve("smollm2-135m-instruct")
    info, n_tasks = ModelInfo(model.name, model.sha256, n_ctx=0, gpu_layers=0), 4
    header = new_header(suite, info, decoding, 1, n_tasks, 3, engine="ray")
    folder, killed = RunFolder.create(tmp_path / "ray", header), []

    def on_record(_record):
        if not killed:
            killed.append(ray_workers()[0])
            os.kill(killed[0], signal.SIGKILL)

    run_suite_on_ray("humaneval", suite, model.name, model, decoding, folder, on_record, Cluster(workers=3, cpus=0.5))
    assert killed
    local = RunFolder.create(tmp_path / "local", new_header(suite, info, decoding, 1, n_tasks, 1))
    with loaded(model, 1) as models:
        run_suite(suite, models, decoding, local, lambda _record: None)
    assert outcomes(folder) == outcomes(local)
    assert len(folder.records) == n_tasks


def outcomes(folder):
    return sorted((record.task_id, record.solution, record.outcome, record.reason) for record in folder.records)


def ray_workers():
    """Processes that are a worker of ours: Ray names them so."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cmdline").read_bytes().startswith(b"ray::Worker"):
                found.append(int(process.name))
    return found


def test_another_suite_or_model_on_a_node_is_told(tmp_path):
    suite, decoding = find_suite("humaneval"), Decoding()
    model = ModelStore().resolve("smollm2-135m-instruct")
    info = ModelInfo(model.name, model.sha256, n_ctx=0, gpu_layers=0)
    folder = RunFolder.create(tmp_path, new_header(suite, info, decoding, 1, 1, 1, engine="ray"))
    (tmp_path / "other.jsonl").write_text(json.dumps(MBPP))
    other = read_suite("humaneval", tmp_path / "other.jsonl")
    cluster = Cluster(workers=1)
    with pytest.raises(UsageError, match=r"The suite on .* is another one: sha256"):
        run_suite_on_ray("humaneval", other, model.name, model, decoding, folder, print, cluster)


def test_without_ray_or_a_cluster_the_mend_is_said(monkeypatch, tmp_path):
    suite, decoding = find_suite("humaneval"), Decoding()
    model = ModelStore().resolve("smollm2-135m-instruct")
    info = ModelInfo(model.name, model.sha256, n_ctx=0, gpu_layers=0)
    folder = RunFolder.create(tmp_path, new_header(suite, info, decoding, 1, 1, 1, engine="ray"))
    arguments = ("humaneval", suite, model.name, model, decoding, folder, print)
    with pytest.raises(UsageError, match=r"There is no Ray cluster at 127.0.0.1:1"):
        run_suite_on_ray(*arguments, Cluster(address="127.0.0.1:1"))
    monkeypatch.setattr(ray_engine.importlib, "import_module", no_ray)
    with pytest.raises(UsageError, match="Ray is not installed here"):
        run_suite_on_ray(*arguments, Cluster())


def no_ray(name):
    raise ImportError(name)
