"""One request: write, run, look, repair, answer.

The model's message begins with an open fence, so it always runs a program before it answers; the answer is written
from the outputs in a step of its own. A program that comes back unchanged after it failed is not run again: the model
is told so, its other failures are forgotten, and the temperature rises.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from offline_ci.errors import PromptTooLongError
from offline_ci.interpreter import events, prompt
from offline_ci.interpreter.answer import AnswerStatus, Turn
from offline_ci.interpreter.answering import AnswerWriter
from offline_ci.interpreter.checks import Demands
from offline_ci.interpreter.consistency import asks_question
from offline_ci.interpreter.contradictions import find_contradiction
from offline_ci.interpreter.conversation import Conversation
from offline_ci.interpreter.distil import Surroundings, distil
from offline_ci.interpreter.examples import Trial, find_examples, try_examples, wanted_function
from offline_ci.interpreter.extract import extract_code, without_comments
from offline_ci.interpreter.inspect_files import FileFacts, inspect_files
from offline_ci.interpreter.mend import is_mendable, mend
from offline_ci.interpreter.mend_silent import mend_silent
from offline_ci.interpreter.outputs import render_outputs, said_anything, shown_text
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.recipes import left_over
from offline_ci.interpreter.request import InterruptedRequest, LoopSettings, Outcome, Request, Writer
from offline_ci.interpreter.variables import list_variables
from offline_ci.llm.base import CodeModel, Completion, GenerationParams, Message
from offline_ci.sandbox.result import ExecutionResult

_REPEAT_TEMPERATURE: Final = 0.7
_FRESH_TEMPERATURE: Final = 0.8
_CHARS_PER_TOKEN: Final = 3
_MAX_MENDS: Final = 3
_MAX_WRITTEN: Final = 8
_MAX_PLACEHOLDERS: Final = 2
_NO_COLUMN: Final = re.compile(r"KeyError: [\"']([\w -]+)[\"']")
_NO_FILE: Final = re.compile(r"FileNotFoundError: .*?'(?:/mnt/data/)?([^'/]+)'")


class RequestLoop:
    """Works on one request.

    Args:
        model: writes.
        sandbox: runs.
        conversation: the session's messages; the request is already its last one.
        settings: limits and sampling.
        emit: told what happens.
        interrupted: whether the user has asked to stop.
    """

    def __init__(
        self,
        model: CodeModel,
        sandbox: CellRunner,
        conversation: Conversation,
        settings: LoopSettings,
        emit: events.OnEvent,
        interrupted: Callable[[], bool],
    ) -> None:
        self._model = model
        self._sandbox = sandbox
        self._conversation = conversation
        self._settings = settings
        self._emit = emit
        self._outcome = Outcome()
        self._writer = Writer(model, conversation, self._outcome, interrupted)
        self._failed: dict[str, str] = {}
        self._problem = ""
        self._written: list[FileFacts] = []
        self._told_of_placeholders = 0
        self._was_told_of_nothing = False
        self._half_done_since: Any = None
        self._fallback: tuple[str, ExecutionResult, Any, list[FileFacts]] | None = None
        self._temperature = settings.temperature
        self._trial = Trial()

    def run(self, request: Request) -> Outcome:
        """Work until there is an answer, the turns are used up, or the user interrupts."""
        self._request = request
        before = (request.written_before, request.selection)
        self._demands = Demands.of(request.text, request.facts, request.earlier, *before)
        self._examples = find_examples(request.text)
        try:
            for attempt in range(self._settings.max_turns):
                if self._attempt(attempt):
                    return self._outcome
            if not self._fall_back():
                self._give_up("failed", self._account())
        except InterruptedRequest:
            self._give_up("interrupted", "Interrupted.")
        except PromptTooLongError as error:  # the request did fit, but what came of it does not
            self._problem = error.message
            self._give_up("failed", self._account())
        return self._outcome

    def _give_up(self, status: AnswerStatus, text: str) -> None:
        """End without an answer; the conversation stays such that another request can follow."""
        self._outcome.status, self._outcome.text = status, text
        self._conversation.restart_request()
        self._conversation.add_answer(text)

    def _fall_back(self) -> bool:
        """Answer from the first program that ran and was only suspected, where no other did the job."""
        if self._fallback is None:
            return False
        code, result, state, self._written = self._fallback
        self._sandbox.restore(state)
        self._conversation.restart_request()
        self._conversation.add_program(_fenced(code))
        self._answer(result)
        return True

    # --- one attempt

    def _attempt(self, attempt: int) -> bool:
        """Write a program, run it, and answer where it did the job."""
        completion, code = self._write_program(attempt)
        if code is None or completion.finish_reason == "length":
            self._problem = prompt.NO_CODE if code is None else prompt.TOO_LONG
            self._failed.setdefault(without_comments(code or ""), self._problem)
            self._emit(events.CodeDropped("No program." if code is None else "Too long."))
            self._conversation.add_program(_fenced(code or ""))
            self._conversation.add_feedback(self._problem)
            return False
        if (same := without_comments(code)) in self._failed:
            self._emit(events.CodeDropped("The same program has failed before."))
            self._change_strategy(self._failed[same])
            return False
        if left := self._left_over(code):
            self._emit(events.CodeDropped("It still has placeholders."))
            self._problem = prompt.left_over(left)
            if self._told_of_placeholders > 1:
                self._change_strategy(self._problem)
            else:
                self._conversation.add_program(_fenced(code))
                self._conversation.add_feedback(prompt.unfinished_message(self._problem, ""))
            return False
        code, result, before = self._run_mended(code)
        self._conversation.add_program(_fenced(code))
        problem = self._judge(result, code)
        if problem is None:
            self._answer(result)
            return True
        self._problem = problem
        is_guess = self._is_guess(problem)
        is_better_than_nothing = is_guess or problem.startswith(prompt.CONTRADICTION)
        if result.error is not None or is_better_than_nothing:  # what it changed must not be changed twice
            self._half_done_since = before
        if is_better_than_nothing:
            self._fallback = self._fallback or (code, result, self._sandbox.checkpoint(), list(self._written))
        if is_guess:  # it may be right: then the same program is run again, and taken
            return False
        if self._is_repeated(problem) and not self._is_fresh(attempt):
            self._change_strategy(problem)
        self._failed[without_comments(code)] = problem
        return False

    def _left_over(self, code: str) -> list[str]:
        """Placeholders in a program; said twice at most, since a file may have such a word."""
        known = [self._request.text, *(fact.text for fact in self._request.facts)]
        is_told = self._told_of_placeholders >= _MAX_PLACEHOLDERS
        left = [] if is_told else left_over(code, self._request.recipes, known)
        self._told_of_placeholders += bool(left)
        return left

    def _write_program(self, attempt: int) -> tuple[Completion, str | None]:
        settings = self._settings
        params = GenerationParams(
            max_tokens=settings.max_program_tokens,
            temperature=self._temperature,
            seed=None if settings.seed is None else settings.seed + attempt,
            stop=prompt.STOP,
        )
        said: list[Message] | None = None
        prefill = prompt.PREFILL
        if self._is_fresh(attempt):
            said, prefill = [Message("user", prompt.function_message(self._request.text))], prompt.FUNCTION_PREFILL
            if attempt:
                self._conversation.restart_request()
                params = replace(params, temperature=max(self._temperature, _FRESH_TEMPERATURE))
        completion = self._writer.generate(params, prefill, lambda text: self._emit(events.CodeText(text)), said)
        return completion, extract_code(prefill + completion.text)

    def _is_fresh(self, attempt: int) -> bool:
        """Whether a function that is all there is to a request is written without a look at those before it.

        Examples tell a right one from a wrong one, and then another try is right more often than a repair, and needs
        no reading; the last try is a repair nevertheless.
        """
        is_another_try = bool(self._examples) and attempt < self._settings.max_turns - 1
        return self._is_function_alone() and (attempt == 0 or is_another_try)

    def _is_function_alone(self) -> bool:
        """Whether the request is for a function, and nothing that was said or attached before matters to it."""
        request = self._request
        has_context = request.index or request.facts or request.earlier
        return not has_context and bool(wanted_function(request.text))

    def _is_only_function(self) -> bool:
        """Whether, besides, no words of the request ask for more: what its text says is about the function."""
        return self._is_function_alone() and prompt.asks_only_for_function(self._request.text)

    def _run_mended(self, code: str) -> tuple[str, ExecutionResult, Any]:
        """Run a program; where it fails over the spelling of a name, put that right and run it again.

        Returns:
            What ran at last, how it ended, and the state before it.
        """
        if self._half_done_since is not None:  # what the last program did before it failed would mislead
            self._sandbox.restore(self._half_done_since)
            self._half_done_since = None
        code = mend_silent(code)
        before = self._sandbox.checkpoint()
        result = self._run(code)
        for _ in range(_MAX_MENDS):
            if not is_mendable(result):
                break
            around = self._surroundings()
            columns = [column for variable in around.variables for column in variable.columns]
            replaceable = around.files if self._demands.may_replace else []
            mended = mend(result, code, [*columns, *around.columns, *around.files], replaceable)
            if mended is None:
                break
            code = mended
            self._emit(events.CodeText(code))
            self._sandbox.restore(before)
            result = self._run(code)
        return code, result, before

    def _run(self, code: str) -> ExecutionResult:
        self._emit(events.CodeFinished(code))
        result = self._sandbox.run(code, on_output=lambda output: self._emit(events.CellOutput(output)))
        self._emit(events.CellFinished(result))
        self._outcome.results.append(result)
        self._outcome.turns.append(Turn(self._request.index, code, result.status, result.outputs, result.elapsed_s))
        if result.status == "interrupted":
            raise InterruptedRequest
        self._writer.check()
        return result

    # --- looking at what came of it

    def _judge(self, result: ExecutionResult, code: str) -> str | None:
        """None where the program did the job; else what is wrong, which the model has then been told."""
        output = render_outputs(result.outputs, self._output_chars())
        self._trial = trial = try_examples(self._sandbox, self._examples)
        if self._is_only_function() and (trial.held or (not trial.broken and self._defines(result, code))):
            return None  # names and numbers in its text are the function's, and what it asserts of its own proves less
        if not (result.ok or _left_early_but_well(result)):
            failure = distil(result, code, self._surroundings())
            self._conversation.add_feedback(prompt.error_message(failure, output))
            return failure
        problem = self._unmet() or self._demands.find_miscount(output) or prompt.broken_examples(trial.broken)
        if problem is None and not (said_anything(result) or self._examples):
            problem = prompt.SILENT
        if problem is None and (contradiction := find_contradiction(code)):
            problem = prompt.contradiction(contradiction)
        if problem is None and not self._examples:
            problem = self._demands.find_neglected(code, shown_text(result))
        problem = problem or self._found_nothing(output)
        if problem is not None:
            self._conversation.add_feedback(prompt.unfinished_message(problem, output))
        return problem

    def _defines(self, result: ExecutionResult, code: str) -> bool:
        return result.ok and f"def {wanted_function(self._request.text)}(" in code

    def _found_nothing(self, output: str) -> str | None:
        is_moot = bool(self._written or self._request.false_premises)
        if self._was_told_of_nothing or not self._request.facts or is_moot:
            return None
        problem = prompt.found_nothing(output)
        self._was_told_of_nothing = problem is not None
        return problem

    def _unmet(self) -> str | None:
        self._written = self._inspect_written()
        return self._demands.find_unmet((file.path for file in self._sandbox.files.list()), self._written)

    def _inspect_written(self) -> list[FileFacts]:
        present = {file.path for file in self._sandbox.files.list()}
        changed = dict.fromkeys(file.path for result in self._outcome.results for file in result.files)
        given = [fact.name for fact in self._request.facts if fact.name in present]
        return inspect_files(self._sandbox, [path for path in changed if path in present][-_MAX_WRITTEN:], given)

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            files=[file.path for file in self._sandbox.files.list()],
            columns=[column for fact in self._request.facts for column in fact.columns],
            variables=list_variables(self._sandbox),
            databases=[fact.text for fact in self._request.facts if "SQLite" in fact.text],
        )

    def _output_chars(self) -> int:
        """A quarter of the context for one output."""
        return max(400, min(6000, self._model.info.n_ctx * _CHARS_PER_TOKEN // 4))

    def _is_guess(self, problem: str) -> bool:
        is_silent = problem == prompt.SILENT and not asks_question(self._request.text)  # it may only define something
        return is_silent or problem.startswith(prompt.FOUND_NOTHING) or self._demands.is_guess(problem)

    def _is_repeated(self, problem: str) -> bool:
        """Whether the same mistake was made before, in other words."""
        earlier = self._failed.values()
        if problem.startswith(prompt.BROKEN_EXAMPLES):
            return any(other.startswith(prompt.BROKEN_EXAMPLES) for other in earlier)
        return _without_details(problem) in map(_without_details, earlier)

    def _change_strategy(self, problem: str) -> None:
        """Start over without the failed programs: a model copies what it sees, mistakes included."""
        self._conversation.restart_request(prompt.repeated_note(problem, _lacking(problem, self._request.text)))
        self._temperature = max(self._temperature, _REPEAT_TEMPERATURE)

    def _answer(self, result: ExecutionResult) -> None:
        writer = AnswerWriter(self._writer, self._conversation, self._settings, self._emit)
        is_silent = self._is_function_alone() and bool(self._examples) and not said_anything(result)
        if is_silent or self._is_only_function():
            name, n_examples = wanted_function(self._request.text), len(self._examples)
            text = writer.tell_of_function(name, n_examples, self._trial.n_tried, result)
        else:
            output = render_outputs(result.outputs, self._output_chars())
            text = writer.write(output, self._written, self._request.false_premises, self._outcome.results)
        self._outcome.status, self._outcome.text = "ok", text

    def _account(self) -> str:
        n = len(self._outcome.turns)
        tries = f"{n} program{'s' if n != 1 else ''} ran" if n else "no program could be written"
        return f"I could not do this: {tries}, and the last problem was:\n{self._problem}"


def _lacking(problem: str, request: str) -> str | None:
    """The column or file of the request that a program looked for in vain."""
    for pattern, what in ((_NO_COLUMN, "column"), (_NO_FILE, "file")):
        found = pattern.match(problem)
        if found and re.search(rf"(?<!\w){re.escape(found[1])}(?!\w)", request, re.IGNORECASE):
            return f"{what} {found[1]}"
    return None


def _left_early_but_well(result: ExecutionResult) -> bool:
    """Whether the program ended itself with ``sys.exit(0)``: many end so."""
    return result.status == "exit" and not result.exit_code


def _without_details(problem: str) -> str:
    """A problem without what differs when the same mistake is made again: its line, numbers, addresses."""
    return re.sub(r"\d+", "", problem.split("\n", maxsplit=1)[0])


def _fenced(code: str) -> str:
    return f"{prompt.PREFILL}{code}\n```"
