"""Answers: written from the outputs, in a step of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from offline_ci.interpreter import events, prompt
from offline_ci.interpreter.checks import foreign_numbers
from offline_ci.interpreter.conversation import Conversation
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.outputs import render_outputs
from offline_ci.interpreter.request import LoopSettings, Writer
from offline_ci.llm.base import GenerationParams
from offline_ci.sandbox.result import ExecutionResult

_MAX_TOKENS: Final = 400
_ALL_CHARS: Final = 100_000
_LATEX: Final = re.compile(r"\\\(|\\\[|\$\$|\\frac|\\boxed")
"""A terminal shows formulas as Python writes them."""


class AnswerWriter:
    """Answers a request that a program has fulfilled.

    Args:
        writer: the model.
        conversation: ends with that program; gets the answer.
        settings: limits.
        emit: told what happens.
    """

    def __init__(
        self, writer: Writer, conversation: Conversation, settings: LoopSettings, emit: events.OnEvent
    ) -> None:
        self._writer = writer
        self._conversation = conversation
        self._settings = settings
        self._emit = emit

    def tell_of_function(self, name: str, n_examples: int, n_tried: int, result: ExecutionResult) -> str:
        """The answer where all that was asked for is a function: that it is there, and was tried.

        Args:
            name: the function's.
            n_examples: how many the request has.
            n_tried: how many of them were tried, and hold.
            result: what came of the program. What it prints, and an error, are of tests of its own.
        """
        text = prompt.function_answer(name, n_examples, n_tried, result.error.ename if result.error else None)
        self._emit(events.AnswerText(text))
        self._conversation.add_feedback(prompt.output_message("", []))
        self._conversation.add_answer(text)
        return text

    def write(
        self,
        output: str,
        written: Sequence[FileFacts],
        false_premises: Sequence[str],
        results: Sequence[ExecutionResult],
    ) -> str:
        """Have the model answer from a program's output; where that does not work out, the output is the answer.

        Args:
            output: what the program printed and showed.
            written: files that came of the request.
            false_premises: what the request names that is not there.
            results: of all its programs.
        """
        briefly = [replace(fact, text=fact.text.split(";")[0].split("\n")[0]) for fact in written]
        self._conversation.add_feedback(prompt.output_message(output, briefly, false_premises))
        beginning = prompt.beginning_of_answer(output, false_premises, has_files=bool(written))
        text = self._without_foreign_numbers(beginning, self._sources(results, written) if output else None)
        if not text or (output and _LATEX.search(text)):
            text = output or "Done."
            self._emit(events.AnswerText(text))
        self._conversation.add_answer(text)
        return text

    def _without_foreign_numbers(self, beginning: str, sources: Sequence[str] | None) -> str:
        """An answer whose numbers are all in the sources, where there are any; empty where two tries had others."""
        text = self._generate(beginning)
        if sources is None or not (foreign := foreign_numbers(text, sources)):
            return text
        self._emit(events.AnswerDropped(f"The output does not have {', '.join(foreign)}."))
        before = self._conversation.mark()
        self._conversation.add_answer(text)
        self._conversation.add_feedback(prompt.foreign_numbers(foreign))
        text = self._generate(beginning)
        self._conversation.restore(before)
        if foreign := foreign_numbers(text, sources):
            self._emit(events.AnswerDropped(f"The output does not have {', '.join(foreign)}."))
            return ""
        return text

    def _generate(self, beginning: str) -> str:
        if beginning:
            self._emit(events.AnswerText(beginning))
        max_tokens = min(_MAX_TOKENS, self._settings.max_program_tokens)
        params = GenerationParams(max_tokens=max_tokens, temperature=0.0, seed=self._settings.seed, stop=("```",))
        completion = self._writer.generate(params, beginning, lambda text: self._emit(events.AnswerText(text)))
        return (beginning + completion.text).strip()

    def _sources(self, results: Sequence[ExecutionResult], written: Sequence[FileFacts]) -> list[str]:
        """Where an answer's numbers may come from: all that was said, and outputs in full."""
        said = [message.content for message in self._conversation.messages(reserve_tokens=_MAX_TOKENS)]
        outputs = [render_outputs(result.outputs, _ALL_CHARS) for result in results]
        return [*said, *outputs, *(fact.text for fact in written)]
