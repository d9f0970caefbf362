"""What suites consist of: functions to be written, code to be filled in, requests to be fulfilled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from offline_ci.llm.base import CodeModel

GUEST_PACKAGE: Final = "offline_ci.bench.guest"

Outcome = Literal["PASS", "FAIL", "TIMEOUT"]
Mode = Literal["raw", "loop", "plain"]
"""``raw``: one completion; ``loop``: our interpreter, which may run what it writes and the examples in the prompt, and
never sees the hidden tests; ``plain``: the loop that everybody writes first, as a baseline."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a solution.

    Attributes:
        task_id: the task's.
        outcome: PASS, FAIL, or TIMEOUT.
        reason: the kind of failure: ``wrong answer``, ``exception``, ``syntax error``, ``missing library``,
            ``no function``, ``time``, ``memory``, ``exit``, ``crash``; empty for PASS.
        detail: the exception's text, shortened.
        seconds: that the solution's own code ran.
    """

    task_id: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote.

    Attributes:
        solution: the program to be judged.
        answer: what it told the user; empty where it only wrote the program.
        error: why there is nothing.
        verdict: on what judges itself; None where it has yet to be judged.
        seconds: in all.
        first_token_s: to the first token.
        prompt_tokens, completion_tokens: evaluated and written.
        turns: programs that ran before the last one.
    """

    solution: str
    answer: str = ""
    error: str = ""
    verdict: Verdict | None = None
    seconds: float = 0.0
    first_token_s: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    turns: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """One function; hidden tests call it.

    Attributes:
        task_id: names it in samples.
        prompt: what is given to the model: a function's head with its docstring, or a description.
        entry_point: name of the function.
        setup: Python that the tests need besides the function: helpers that the prompt defines.
        test: Python that defines ``check(candidate)``, which raises where the function is wrong.
        reference: a right solution; None where the suite has none.
        completes: a sample's ``completion`` goes on where the prompt ends.
    """

    task_id: str
    prompt: str
    entry_point: str
    setup: str
    test: str
    reference: str | None
    completes: bool = True


@dataclass(frozen=True, slots=True)
class InsertedTask:
    """Lines that are put into a program of the suite's, which then tests itself: DS-1000.

    Attributes:
        task_id: names it in samples.
        prompt: what is given to the model.
        context: Python that defines ``test_execution(solution)``, and perhaps ``test_string(solution)``.
        reference: right lines; None where the suite has none.
    """

    task_id: str
    prompt: str
    context: str
    reference: str | None


CheckKind = Literal["answer_has", "answer_matches", "answer_number", "answer_field", "file", "python"]


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold of a request's outcome.

    Attributes:
        kind: ``answer_has``: a text that the answer contains, in whatever case; ``answer_matches``: a regular
            expression that is found in it; ``answer_number``: a number that is in it; ``answer_field``: DABench's
            ``@name[value]``; ``file``: a file was written that is not empty; ``python``: a program that does not raise,
            beside the files that were written and with the answer as ``answer``.
        value: the text, expression, number, value, name, or program.
        name: of an ``answer_field``.
        tolerance: by which a number may differ.
    """

    kind: CheckKind
    value: str
    name: str = ""
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class RequestTask:
    """A request as people write it, with files; its outcome is checked.

    Attributes:
        task_id: names it in samples.
        prompt: the request.
        files: that come with it.
        checks: all of which must hold.
        reference: a right program, whose output is the answer; None where the suite has none.
    """

    task_id: str
    prompt: str
    files: tuple[Path, ...]
    checks: tuple[Check, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class SessionTask:
    """A session with several requests, which judges itself: the interpreter's own suite.

    Attributes:
        task_id: names it in samples.
        solve: has a model do it: given the model, a mode, the number of the sample, and how many are done at a time.
    """

    task_id: str
    solve: Callable[[CodeModel, Mode, int, int], Written]


AnyTask = Task | InsertedTask | RequestTask | SessionTask


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks and where they come from.

    Attributes:
        name: of the suite.
        sha256: of its bytes, and of the files that come with its tasks.
        tasks: in the suite's order, by ``task_id``.
    """

    name: str
    sha256: str
    tasks: dict[str, AnyTask]

    @property
    def has_inputs_of_their_own(self) -> bool:
        """Whether the samples of a task have different inputs, so that several make sense at any temperature."""
        return any(isinstance(task, SessionTask) for task in self.tasks.values())

    @property
    def modes(self) -> tuple[Mode, ...]:
        """In which its tasks can be put to a model; the first is the usual one."""
        kinds = {type(task) for task in self.tasks.values()}
        if SessionTask in kinds:
            return ("loop", "plain")
        return ("raw",) if InsertedTask in kinds else ("raw", "loop")
