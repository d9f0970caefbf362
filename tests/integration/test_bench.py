"""``offline-ci bench``: suites, runs that can be ended at any point, scores, comparisons."""

import json
import os
import signal
import subprocess
import time

import pytest

from offline_ci.bench.generate import Decoding
from offline_ci.bench.records import SAMPLES, RunFolder, new_header
from offline_ci.bench.run import run_suite
from offline_ci.bench.suites import find_suite
from offline_ci.bench.summary import compare, summarise
from offline_ci.llm.scripted import ScriptedModel
from support.command_line import call, command

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

N = 6


@pytest.fixture(scope="module")
def humaneval():
    return find_suite("humaneval")


def knows(suite, n_right):
    """A model that knows the answer of the first so many tasks, by heart."""
    heads = {task.prompt.strip(): task.reference for task in list(suite.tasks.values())[:n_right]}

    def reply(messages, _prefill):
        asked = messages[-1].content
        return (
            next((answer for head, answer in heads.items() if head in asked), "def nothing():\n    return 0") + "\n```"
        )

    return ScriptedModel(reply, name=f"knows-{n_right}", n_ctx=8192)


def run(suite, model, folder, *, stop_after=None):
    decoding = Decoding()
    header = new_header(suite, model.info, decoding, 1, N, 1)
    found = RunFolder.find_unfinished(folder, header) or RunFolder.create(folder, header)
    told = []

    def on_record(record):
        told.append(record)
        if len(told) == stop_after:
            raise KeyboardInterrupt

    try:
        run_suite(suite, [model], decoding, found, on_record)
    except KeyboardInterrupt:
        return found, told
    return found, told


def test_what_a_model_writes_is_judged_and_kept(humaneval, tmp_path):
    folder, told = run(humaneval, knows(humaneval, 4), tmp_path)
    again = RunFolder.read(folder.folder)
    assert again.records == told == folder.records
    assert [record.outcome for record in told] == ["PASS"] * 4 + ["FAIL"] * 2
    assert {record.reason for record in told[4:]} == {"no function"}
    summary = summarise(told)
    assert summary.pass_at == {1: 4 / 6}
    assert summary.reasons == {"no function": 2}
    assert again.header["suite_sha256"] == humaneval.sha256
    assert again.header["model"]["name"] == "knows-4"


def test_a_run_that_was_ended_goes_on_and_nothing_is_lost_or_doubled(humaneval, tmp_path):
    model = knows(humaneval, 3)
    first, told = run(humaneval, model, tmp_path, stop_after=2)
    with (first.folder / SAMPLES).open("a") as file:
        file.write('{"task_id": "HumanEval/2", "cut o')  # as a kill in the middle of a write leaves it
    second, more = run(humaneval, model, tmp_path)
    assert second.folder == first.folder
    assert [record.task_id for record in (*told, *more)] == list(humaneval.tasks)[:N]
    assert len(RunFolder.read(first.folder).records) == N
    third, _ = run(humaneval, model, tmp_path)
    assert third.folder != first.folder  # that one was finished


def test_two_runs_are_compared_task_by_task(humaneval, tmp_path):
    few, many = (run(humaneval, knows(humaneval, n), tmp_path / str(n))[0] for n in (1, 6))
    comparison = compare(few, many)
    assert (comparison.first, comparison.second, comparison.n_tasks) == (1, 6, 6)
    assert (comparison.only_first, len(comparison.only_second)) == ([], 5)
    assert comparison.p == 2 / 2**5
    told = call("bench", "compare", few.folder, many.folder, cwd=tmp_path)
    assert told.status == 0
    assert "knows-6 (raw)  6 of 6  5" in told.out
    assert "p = 0.0625" in told.out
    reported = call("bench", "report", few.folder, many.folder, "-o", "both.html", cwd=tmp_path)
    assert (reported.status, reported.out) == (0, "Wrote both.html\n")
    assert "knows-6 (raw)" in (tmp_path / "both.html").read_text()


def test_verdicts_are_verified_and_forged_ones_found(humaneval, tmp_path):
    folder, _ = run(humaneval, knows(humaneval, 4), tmp_path)
    same = call("bench", "verify", folder.folder, "--suite", "humaneval", cwd=tmp_path)
    assert (same.status, same.out) == (0, "6 of 6 verdicts are the same.\n")
    path = folder.folder / SAMPLES
    path.write_text(path.read_text().replace('"outcome": "FAIL"', '"outcome": "PASS"', 1))
    forged = call("bench", "verify", folder.folder, "--suite", "humaneval", "--json", cwd=tmp_path)
    assert forged.status == 1
    assert json.loads(forged.out)["changed"] == [{"task_id": "HumanEval/4", "index": 0, "was": "PASS", "is": "FAIL"}]


def test_scores_are_one_document(humaneval, tmp_path):
    tasks = list(humaneval.tasks.values())
    lines = [
        {"task_id": tasks[0].task_id, "solution": tasks[0].reference},
        {"task_id": tasks[0].task_id, "completion": "    return None\n"},
        {"task_id": tasks[1].task_id, "completion": "    while True: pass\n"},
        {"task_id": tasks[1].task_id, "solution": tasks[1].reference},
    ]
    (tmp_path / "samples.jsonl").write_text("\n".join(map(json.dumps, lines)))
    scored = call("bench", "score", "samples.jsonl", "--suite", "humaneval", "--json", cwd=tmp_path)
    assert scored.status == 0
    document = json.loads(scored.out)
    assert document["verdicts"] == {"HumanEval/0": ["PASS", "FAIL"], "HumanEval/1": ["TIMEOUT", "PASS"]}
    assert (document["pass@1"], document["pass@2"]) == (0.5, 1.0)
    assert (document["n_tasks"], document["n_samples"], document["suite"]) == (2, 4, "humaneval")
    assert document["suite_sha256"] == humaneval.sha256


BAD = {
    "no suite": (("score", "@", "--suite", "nosuch"), "There is no suite 'nosuch'. There are: humaneval"),
    "no samples": (("score", "empty.jsonl", "--suite", "humaneval"), "There are no samples in empty.jsonl."),
    "another task": (
        ("score", "other.jsonl", "--suite", "humaneval"),
        "line 1 is no sample of humaneval: the suite has",
    ),
    "no program": (("score", "bare.jsonl", "--suite", "humaneval"), "it has neither 'solution' nor 'completion'"),
    "no JSON": (("score", "text.jsonl", "--suite", "humaneval"), "text.jsonl, line 2 is no sample of humaneval"),
    "a suite of nothing": (("score", "empty.jsonl", "--suite", "empty.jsonl"), "The suite empty.jsonl has no tasks."),
    "a suite without a name": (
        ("score", "bare.jsonl", "--suite", "bare.jsonl"),
        "line 1 is no task: it has no 'prompt'",
    ),
    "many that are the same": (("run", "--suite", "humaneval", "-n", "3"), "temperature 0 are all the same"),
    "no model": (("run", "--suite", "humaneval", "-m", "nosuch"), "nosuch"),
    "no report": (
        ("report", ".", "-o", "a.pdf"),
        "A report cannot be 'a.pdf'. Give a file with .html, .md, .csv, .jsonl.",
    ),
    "no run to report": (("report", "."), "is no run of offline-ci bench"),
    "no run": (("verify", ".", "--suite", "humaneval"), "is no run of offline-ci bench"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD.values(), ids=BAD)
def test_bad_input_is_named(tmp_path, arguments, says):
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "other.jsonl").write_text('{"task_id": "Other/1", "solution": ""}')
    (tmp_path / "bare.jsonl").write_text('{"task_id": "HumanEval/1"}')
    (tmp_path / "text.jsonl").write_text('{"task_id": "HumanEval/1", "solution": ""}\nhello')
    arguments = ["text.jsonl" if argument == "@" else argument for argument in arguments]
    refused = call("bench", *arguments, cwd=tmp_path)
    assert (refused.status, refused.out) == (4 if says == "nosuch" else 2, "")
    assert says in refused.err
    assert refused.err.startswith("offline-ci: ")


@pytest.mark.model
@pytest.mark.timeout(900)
def test_tasks_of_humaneval_with_the_default_model(tmp_path):
    arguments = ("bench", "run", "--suite", "humaneval", "--limit", "20", "--jobs", "8", "-o", "runs")
    done = call(*arguments, "--model", "qwen2.5-coder-1.5b-instruct", "--json", cwd=tmp_path, timeout=880)
    assert done.status == 0, done.err
    (document,) = json.loads(done.out)["runs"]
    assert (document["n_tasks"], document["n_samples"]) == (20, 20)
    assert document["pass@1"] >= 0.6  # published: 0.707 over all
    folder = RunFolder.read(tmp_path / document["run"])
    assert len(folder.records) == 20
    assert all(record.completion_tokens > 0 for record in folder.records)


@pytest.mark.model
def test_a_run_that_was_killed_goes_on(tmp_path):
    arguments = ("bench", "run", "--suite", "humaneval", "--limit", "3", "-m", "smollm2-135m-instruct", "--resume")
    with subprocess.Popen(command(*arguments), cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert "HumanEval/0" in process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.1)
    done = call(*arguments, cwd=tmp_path)
    assert done.status == 0, done.err
    assert done.out.startswith("Going on with bench-results/humaneval-raw-smollm2-135m-instruct-")
    (folder,) = (tmp_path / "bench-results").iterdir()
    assert [record.task_id for record in RunFolder.read(folder).records] == [f"HumanEval/{i}" for i in range(3)]


@pytest.mark.model
def test_ctrl_c_ends_a_run_of_many_at_once(tmp_path):
    """Four are being written, and none of them is waited for."""
    arguments = ("bench", "run", "--suite", "humaneval", "--jobs", "4", "-m", "smollm2-135m-instruct")
    with subprocess.Popen(command(*arguments), cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert "HumanEval/" in process.stdout.readline()
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert time.monotonic() - begin < 5
    (folder,) = (tmp_path / "bench-results").iterdir()
    assert RunFolder.read(folder).records
