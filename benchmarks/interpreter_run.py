"""Puts one task to a model, with our interpreter or the plain loop, and judges what comes of it."""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from interpreter_plain import PlainLoop
from suites.interpreter import Case

from offline_ci import CodeInterpreter, Sandbox
from offline_ci.errors import OfflineCIError
from offline_ci.interpreter.outputs import render_outputs
from offline_ci.interpreter.saving import OutputFolder, save_results
from offline_ci.interpreter.shorten import shorten_middle
from offline_ci.llm.base import CodeModel, Message
from offline_ci.llm.scripted import ScriptedModel
from offline_ci.sandbox.result import Output

Mode = Literal["loop", "plain"]
TIME_LIMIT_S = 300.0
_KEPT_CHARS = 4000
_SHOWN_CHARS = 1500


@dataclass(slots=True)
class Record:
    """The verdict on one task at one seed; a line of a result file.

    Attributes:
        id: of the task.
        seed: of its input.
        passed: whether every request was fulfilled.
        reason: why not, in one line.
        status: ``ok``; of the interpreter also ``failed`` and ``interrupted`` (out of time); ``crash`` is our bug.
        seconds: from the first request to the last answer, without loading the model.
        turns: programs that ran.
        completion_tokens: tokens that the model wrote.
        answers: to each request.
        code: the programs, in order.
        outputs: what came of each program: what it printed, and its error.
    """

    id: str
    seed: int
    passed: bool = False
    reason: str = ""
    status: str = "ok"
    seconds: float = 0.0
    turns: int = 0
    completion_tokens: int = 0
    answers: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The line, with long texts cut."""
        document = asdict(self)
        for name in ("answers", "code", "outputs"):
            document[name] = [shorten_middle(text, _KEPT_CHARS) for text in document[name]]
        return document


def run_case(case: Case, model: CodeModel, mode: Mode, time_limit_s: float = TIME_LIMIT_S) -> Record:
    """Put a task to a model in a session of its own."""
    record = Record(case.task.id, case.seed)
    with tempfile.TemporaryDirectory() as folder:
        inputs = case.write_inputs(Path(folder) / "inputs")
        out = Path(folder) / "out"
        begin = time.perf_counter()
        try:
            (_loop if mode == "loop" else _plain)(case, model, inputs, out, record, time_limit_s)
        except OfflineCIError as error:  # a request or a model that does not fit: no bug, and no success
            record.status, record.reason = "failed", error.message
        except Exception as error:  # noqa: BLE001 - one crash must not cost the other tasks' results
            record.status, record.reason = "crash", f"{type(error).__name__}: {error}".split("\n")[0]
        record.seconds = round(time.perf_counter() - begin, 2)
        if record.status == "ok" or (record.status == "failed" and case.task.kind == "impossible"):
            record.reason = case.verdict(record.answers, out)
        record.passed = not record.reason
    return record


def _loop(case: Case, model: CodeModel, inputs: list[Path], out: Path, record: Record, time_limit_s: float) -> None:
    with (
        CodeInterpreter(model, output_dir=out, seed=case.seed) as interpreter,
        _watch(time_limit_s, [interpreter.interrupt]) as left,
    ):
        for request in case.requests:
            answer = interpreter.ask(request, inputs)
            inputs = []
            record.answers.append(answer.text)
            record.code += [turn.code for turn in answer.turns]
            record.outputs += [_shown(turn.status, turn.outputs) for turn in answer.turns]
            record.turns = len(record.code)
            record.completion_tokens += answer.usage.completion_tokens
            if answer.status != "ok" or not left():
                record.status = answer.status if answer.status != "ok" else "interrupted"
                record.reason = "out of time" if record.status == "interrupted" else f"gave up: {answer.text[:200]}"
                return


def _plain(case: Case, model: CodeModel, inputs: list[Path], out: Path, record: Record, time_limit_s: float) -> None:
    with Sandbox(seed=case.seed) as sandbox, _watch(time_limit_s, [model.interrupt, sandbox.interrupt]) as left:
        loop = PlainLoop(model, sandbox)
        names = [sandbox.files.grant(path) for path in inputs]
        results = []
        for request in case.requests:
            answer = loop.ask(request, names)
            names = []
            results += answer.results
            record.answers.append(answer.text)
            record.code += answer.programs
            record.outputs += [_shown(result.status, result.outputs) for result in answer.results]
            record.turns = len(record.code)
            record.completion_tokens += answer.completion_tokens
            if not left():
                record.status, record.reason = "interrupted", "out of time"
                return
        save_results(OutputFolder(out), sandbox, results)


def _shown(status: str, outputs: Sequence[Output]) -> str:
    """What came of a program, for whoever looks for the cause of a failure."""
    errors = [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]
    printed = render_outputs(outputs, _SHOWN_CHARS)
    return "\n".join([printed, *errors] if status == "ok" or errors else [printed, f"({status})"]).strip()


@contextmanager
def _watch(time_limit_s: float, interrupts: Sequence[Callable[[], None]]) -> Iterator[Callable[[], bool]]:
    """Interrupt when the time is up; gives a function that says whether there is time left."""
    over = threading.Event()

    def end() -> None:
        over.set()
        for interrupt in interrupts:
            interrupt()

    timer = threading.Timer(time_limit_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: not over.is_set()
    finally:
        timer.cancel()


def reference_model(programs: Sequence[str]) -> ScriptedModel:
    """A model that writes these programs, one for each request, and answers with their output."""
    left = list(programs)

    def reply(messages: Sequence[Message], prefill: str) -> str:
        output = re.search(
            r"^(?:.*its output|Output):\n(.*?)(?:\n\n|\Z)", messages[-1].content, re.DOTALL | re.IGNORECASE
        )
        if output or "ran without errors" in messages[-1].content:
            return output[1] if output else "Done."
        if not left:
            return "I give up."
        code = left.pop(0) + "```"
        return code if prefill else f"```python\n{code}"

    return ScriptedModel(reply, name="reference", n_ctx=32768)
