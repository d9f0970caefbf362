"""The baseline: a model with the plain loop that everybody writes first.

Its fenced blocks run, outputs and errors go back as user messages, until it writes no more code. Nothing is inspected,
prefilled, repaired or checked; sampling is greedy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from offline_ci import ExecutionResult, Sandbox
from offline_ci.errors import PromptTooLongError
from offline_ci.llm.base import CodeModel, GenerationParams, Message

MAX_TURNS = 5
SYSTEM = (
    "You are a helpful assistant with a Python notebook. To run code, write it in a ```python block; you are then "
    "shown its output. The user's files are in the working directory; save new files there. When you know the result, "
    "answer the user without code."
)
_BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)```", re.DOTALL)
_OUTPUT_CHARS = 4000


@dataclass(slots=True)
class PlainAnswer:
    """What came of one request; ``text`` is the last message without code, or the last output where there is none."""

    text: str = ""
    programs: list[str] = field(default_factory=list)
    results: list[ExecutionResult] = field(default_factory=list)
    completion_tokens: int = 0


class PlainLoop:
    """One session.

    Args:
        model: writes.
        sandbox: runs.
    """

    def __init__(self, model: CodeModel, sandbox: Sandbox) -> None:
        self._model = model
        self._sandbox = sandbox
        self._messages = [Message("system", SYSTEM)]

    def ask(self, request: str, files: list[str]) -> PlainAnswer:
        """Answer a request; ``files`` are the names of those that came with it."""
        answer = PlainAnswer()
        listed = f"{request}\n\nFiles: {', '.join(files)}" if files else request
        self._messages.append(Message("user", listed))
        for _ in range(MAX_TURNS):
            try:
                completion = self._model.generate(self._messages, GenerationParams(max_tokens=1024))
            except PromptTooLongError:
                break
            answer.completion_tokens += completion.completion_tokens
            self._messages.append(Message("assistant", completion.text))
            answer.text = _BLOCK.sub("", completion.text).strip()
            blocks = _BLOCK.findall(completion.text)
            if not blocks or completion.finish_reason == "interrupted":
                return answer
            self._messages.append(Message("user", self._run(blocks, answer)))
        answer.text = answer.text or self._messages[-1].content
        return answer

    def _run(self, blocks: list[str], answer: PlainAnswer) -> str:
        """Run the blocks up to the first that fails; what the model is told of it."""
        told = []
        for block in blocks:
            result = self._sandbox.run(block)
            answer.programs.append(block)
            answer.results.append(result)
            told.append(result.stdout + (result.result or ""))
            if result.error is not None:
                told.append("".join(result.error.traceback) or f"{result.error.ename}: {result.error.evalue}")
            elif not result.ok:
                told.append(f"The program was ended: {result.status}.")
            if not result.ok:
                break
        return "Output:\n" + "\n".join(text for text in told if text)[-_OUTPUT_CHARS:]
