"""Having a model write a solution: from the prompt alone, or through the interpreter."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from offline_ci.bench.sanitize import sanitize
from offline_ci.bench.tasks import AnyTask, InsertedTask, Mode, RequestTask, SessionTask, Task, Written
from offline_ci.errors import ModelServerError, OfflineCIError
from offline_ci.interpreter import CodeInterpreter, prompt
from offline_ci.interpreter.answer import Answer
from offline_ci.llm.base import CodeModel, Completion, GenerationParams, Message

MAX_TOKENS: Final = 768
INSERT_INSTRUCTION: Final = "Write only the lines that are missing there, as Python code."
REQUEST_INSTRUCTION: Final = "Write one Python program that does this and prints the answer."


@dataclass(frozen=True, slots=True)
class Decoding:
    """How samples are drawn.

    Attributes:
        mode: see ``tasks.Mode``; ``raw`` with EvalPlus's prompt for functions.
        temperature: 0 is greedy.
        seed: of the first sample; the next ones count on.
        max_tokens: of a completion.
    """

    mode: Mode = "raw"
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int = MAX_TOKENS


def write_solution(task: AnyTask, model: CodeModel, decoding: Decoding, index: int = 0, jobs: int = 1) -> Written:
    """Have a model write one sample.

    Args:
        task: what for.
        model: used by this thread alone.
        decoding: how.
        index: number of the sample, from 0.
        jobs: how many are written at a time, and share its speed.

    Raises:
        ModelServerError: the server that has the model does not answer.
    """
    begin = time.perf_counter()
    try:
        if isinstance(task, SessionTask):
            return task.solve(model, decoding.mode, index, jobs)
        return (_write_raw if decoding.mode == "raw" else _write_in_loop)(task, model, decoding, index)
    except ModelServerError:  # the other tasks would fare no better: the run ends, and goes on when the server is back
        raise
    except OfflineCIError as error:  # a prompt that is too long, say: it has no solution
        return Written("", error=error.message, seconds=round(time.perf_counter() - begin, 3))


# --- one completion


def _write_raw(task: Task | InsertedTask | RequestTask, model: CodeModel, decoding: Decoding, index: int) -> Written:
    params = GenerationParams(
        max_tokens=decoding.max_tokens, temperature=decoding.temperature, seed=decoding.seed + index, stop=prompt.STOP
    )
    text, prefill = _asked(task)
    completion = model.generate([Message("user", text)], params, prefill=prefill)
    return Written(
        _solution(task, completion),
        seconds=round(completion.total_s, 3),
        first_token_s=round(completion.first_token_s, 3),
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
    )


def _asked(task: Task | InsertedTask | RequestTask) -> tuple[str, str]:
    """What a model is told, and the beginning of its reply."""
    if isinstance(task, Task):
        return prompt.function_prompt(task.prompt), prompt.FUNCTION_PREFILL
    if isinstance(task, InsertedTask):
        return f"{task.prompt.rstrip()}\n\n{INSERT_INSTRUCTION}", prompt.PREFILL
    files = f"\n\nFiles: {', '.join(file.name for file in task.files)}" if task.files else ""
    return f"{task.prompt}{files}\n\n{REQUEST_INSTRUCTION}", prompt.PREFILL


def _solution(task: Task | InsertedTask | RequestTask, completion: Completion) -> str:
    if isinstance(task, Task):
        return sanitize(completion.text, task.entry_point)
    return completion.text.partition("```")[0].rstrip() + "\n"


# --- our interpreter


def _write_in_loop(
    task: Task | InsertedTask | RequestTask, model: CodeModel, decoding: Decoding, index: int
) -> Written:
    begin = time.perf_counter()
    is_function = isinstance(task, Task)
    request = f"Complete this function:\n```python\n{task.prompt.strip()}\n```" if is_function else task.prompt
    files = task.files if isinstance(task, RequestTask) else ()
    with CodeInterpreter(model, seed=decoding.seed + index, temperature=decoding.temperature) as interpreter:
        answer = interpreter.ask(request, files)
    programs = [turn.code for turn in answer.turns]
    chosen = _chosen(answer, programs)
    return Written(
        sanitize(chosen, task.entry_point) if isinstance(task, Task) else chosen,
        answer="" if is_function else answer.text,
        error="" if programs else f"no program: {answer.text}",
        seconds=round(time.perf_counter() - begin, 3),
        first_token_s=answer.timings.first_token_s,
        prompt_tokens=answer.usage.prompt_tokens,
        completion_tokens=answer.usage.completion_tokens,
        turns=max(0, len(programs) - 1),
    )


def _chosen(answer: Answer, programs: Sequence[str]) -> str:
    """The last program, or, where none did the job, the first, which was written at the temperature asked for."""
    if not programs:
        return ""
    return programs[-1] if answer.status == "ok" else programs[0]
