"""Having a model write a solution: from the prompt alone, or through the interpreter."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Literal

from offline_ci.bench.sanitize import sanitize
from offline_ci.bench.tasks import Task
from offline_ci.errors import OfflineCIError
from offline_ci.interpreter import CodeInterpreter, prompt
from offline_ci.llm.base import CodeModel, GenerationParams, Message

Mode = Literal["raw", "loop"]

MAX_TOKENS: Final = 768


@dataclass(frozen=True, slots=True)
class Decoding:
    """How samples are drawn.

    Attributes:
        mode: ``raw``: EvalPlus's prompt, one completion; ``loop``: our interpreter, which may run what it writes and
            the examples in the prompt, never the hidden tests.
        temperature: 0 is greedy.
        seed: of the first sample; the next ones count on.
        max_tokens: of a completion.
    """

    mode: Mode = "raw"
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int = MAX_TOKENS


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote.

    Attributes:
        solution: the program to be judged.
        error: why there is none.
        seconds: in all.
        first_token_s: to the first token.
        prompt_tokens, completion_tokens: evaluated and written.
        turns: programs that ran before the last one.
    """

    solution: str
    error: str = ""
    seconds: float = 0.0
    first_token_s: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    turns: int = 0


def write_solution(task: Task, model: CodeModel, decoding: Decoding, index: int = 0) -> Written:
    """Have a model write one sample.

    Args:
        task: what for.
        model: used by this thread alone.
        decoding: how.
        index: number of the sample, from 0.
    """
    begin = time.perf_counter()
    try:
        return (_write_raw if decoding.mode == "raw" else _write_in_loop)(task, model, decoding, index)
    except OfflineCIError as error:  # a prompt that is too long, say: it has no solution
        return Written("", error=error.message, seconds=round(time.perf_counter() - begin, 3))


def _write_raw(task: Task, model: CodeModel, decoding: Decoding, index: int) -> Written:
    params = GenerationParams(
        max_tokens=decoding.max_tokens, temperature=decoding.temperature, seed=decoding.seed + index, stop=prompt.STOP
    )
    message = Message("user", prompt.function_prompt(task.prompt))
    completion = model.generate([message], params, prefill=prompt.FUNCTION_PREFILL)
    return Written(
        sanitize(completion.text, task.entry_point),
        seconds=round(completion.total_s, 3),
        first_token_s=round(completion.first_token_s, 3),
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
    )


def _write_in_loop(task: Task, model: CodeModel, decoding: Decoding, index: int) -> Written:
    begin = time.perf_counter()
    with CodeInterpreter(model, seed=decoding.seed + index, temperature=decoding.temperature) as interpreter:
        answer = interpreter.ask(f"Complete this function:\n```python\n{task.prompt.strip()}\n```")
    programs = [turn.code for turn in answer.turns]
    # Where none kept to the examples, the first one, which was written at the temperature that was asked for.
    chosen = "" if not programs else programs[-1] if answer.status == "ok" else programs[0]
    return Written(
        sanitize(chosen, task.entry_point),
        seconds=round(time.perf_counter() - begin, 3),
        first_token_s=answer.timings.first_token_s,
        prompt_tokens=answer.usage.prompt_tokens,
        completion_tokens=answer.usage.completion_tokens,
        turns=max(0, len(programs) - 1),
    )
