"""The JSON documents, which are part of the contract."""

import json
from pathlib import Path

from offline_ci.cli import ask, exec_code
from offline_ci.interpreter.answer import Answer, SavedFile, Timings, Turn, Usage
from offline_ci.llm.base import ModelInfo
from offline_ci.sandbox.result import ExecutionResult, GuestError, LimitHit
from support.scripted_sandbox import ok

INFO = ModelInfo("m", "ab" * 32, 4096, 0, 1.5)


def answer(index, text, status="ok", files=()):
    turn = Turn(index, "print(1)", "ok", ok("1\n").outputs, 0.123456)
    timings = Timings(load_s=1.5 if index == 0 else 0.0, first_token_s=0.25, total_s=2.0)
    return Answer(text, status, [turn], list(files), Usage(100, 80, 20), timings, INFO)


def test_the_document_of_one_answer():
    assert json.loads(json.dumps(ask.document([answer(0, "One.", files=[SavedFile(Path("out/a.png"), 7)])]))) == {
        "status": "ok",
        "answer": "One.",
        "turns": [
            {
                "request": 0,
                "code": "print(1)",
                "status": "ok",
                "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}],
                "elapsed_s": 0.1235,
            }
        ],
        "files": [{"path": "out/a.png", "bytes": 7}],
        "model": {"name": "m", "sha256": "ab" * 32, "n_ctx": 4096, "gpu_layers": 0},
        "usage": {"prompt_tokens": 100, "cached_tokens": 80, "completion_tokens": 20},
        "timings": {"load_s": 1.5, "first_token_s": 0.25, "total_s": 2.0},
    }


def test_several_answers_make_one_document():
    first = answer(0, "One.", files=[SavedFile(Path("a"), 1)])
    second = answer(1, "Two.", status="failed", files=[SavedFile(Path("a"), 2), SavedFile(Path("b"), 3)])
    document = ask.document([first, second])
    assert (document["status"], document["answer"]) == ("failed", "One.\n\nTwo.")
    assert [turn["request"] for turn in document["turns"]] == [0, 1]
    assert document["files"] == [{"path": "a", "bytes": 2}, {"path": "b", "bytes": 3}]
    assert document["usage"] == {"prompt_tokens": 200, "cached_tokens": 160, "completion_tokens": 40}
    assert document["timings"] == {"load_s": 1.5, "first_token_s": 0.25, "total_s": 4.0}


def test_the_document_of_a_cell():
    result = ExecutionResult(
        "time_limit",
        stdout="a",
        error=GuestError("KeyboardInterrupt", "", ["t"]),
        limit=LimitHit("time_s", 1.0, 1.25),
        elapsed_s=1.25004,
    )
    assert exec_code.document(result, [SavedFile(Path("x"), 1)], 0.123456) == {
        "status": "time_limit",
        "stdout": "a",
        "stderr": "",
        "result": None,
        "error": {"ename": "KeyboardInterrupt", "evalue": "", "traceback": ["t"]},
        "outputs": [],
        "files": [{"path": "x", "bytes": 1}],
        "limit": {"name": "time_s", "limit": 1.0, "used": 1.25},
        "timings": {"start_s": 0.1235, "run_s": 1.25},
    }
