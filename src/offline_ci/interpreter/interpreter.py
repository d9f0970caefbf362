"""``CodeInterpreter``: a model and a sandbox, and the requests of one session."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from offline_ci.artifacts.additions import added_modules
from offline_ci.errors import UsageError
from offline_ci.interpreter import events, prompt
from offline_ci.interpreter.answer import Answer, Exchange, SavedFile, Step, Timings, Turn, UserCell
from offline_ci.interpreter.attachments import Attachments, AttachmentsMark
from offline_ci.interpreter.consistency import Selection, means_persons, selection_of
from offline_ci.interpreter.conversation import Conversation, ConversationMark
from offline_ci.interpreter.examples import wanted_function
from offline_ci.interpreter.fill_in import counts_rows, fill_in
from offline_ci.interpreter.inspect_files import FileFacts
from offline_ci.interpreter.loaded_model import (
    GpuLayers,
    LoadedModel,
    LoadSettings,
    Source,
    find_again,
    find_model,
    resolve_model,
)
from offline_ci.interpreter.loop import RequestLoop
from offline_ci.interpreter.memory import Memory, Resumed
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.premises import false_premises
from offline_ci.interpreter.recipes import choose_recipes
from offline_ci.interpreter.request import LoopSettings, Outcome, Request
from offline_ci.interpreter.sandboxes import Isolation, OpeningSandbox, move_sandbox
from offline_ci.interpreter.saving import OutputFolder, Saved, save_results
from offline_ci.limits import ResourceLimits
from offline_ci.llm.base import CodeModel, ModelInfo
from offline_ci.llm.llama_options import LlamaOptions
from offline_ci.sandbox.result import ExecutionResult

__all__ = ["Checkpoint", "CodeInterpreter", "resolve_model"]

MAX_PROGRAM_TOKENS: Final = 1024
_VARIANT_TEMPERATURE: Final = 0.7
_SEEDS_A_VARIANT: Final = 1000
"""More than one request can use."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A session at one moment; to be given to ``CodeInterpreter.restore``."""

    sandbox: Any
    conversation: ConversationMark
    attachments: AttachmentsMark
    history: tuple[Step, ...]


class CodeInterpreter:
    """Answers requests by having a model write Python and running it in a sandbox.

    Requests of one interpreter are turns of one session: variables, files and the conversation stay.

    Args:
        model: a name of the catalogue, the path of a GGUF file, ``hf:REPO/FILE`` (already pulled), the address of a
            server (``http://127.0.0.1:PORT/v1``, with ``#NAME`` where it has several models), or any ``CodeModel``;
            None takes the default model.
        limits: what each program may use.
        output_dir: where files of the session are written; None leaves them in the session, where ``sandbox.files``
            has them.
        isolation: of the sandbox.
        sandbox: one to use instead of a new one; it stays open.
        seed: fixes sampling, and random numbers in the sandbox.
        temperature: of the first try; 0 is greedy.
        max_turns: programs that the model may write for one request.
        n_ctx: context window in tokens; None takes what fits model and memory, or what the server has.
        gpu_layers: layers to offload; a server has settled that itself.
        llama: llama.cpp's own settings; None takes what ``$OFFLINE_CI_LLAMA`` says.
        allow_remote: whether a server may be on another machine: then what requests and files hold goes there.
        resume: a session to go on from, in place of ``sandbox``; its model is used where none is given.

    Raises:
        ModelError, ArtifactError: the model is unknown, missing or damaged, or the runtime is, or the session.
        UsageError: an argument makes no sense, or ``output_dir`` cannot be written to.
    """

    def __init__(
        self,
        model: str | Path | CodeModel | None = None,
        *,
        limits: ResourceLimits | None = None,
        output_dir: str | Path | None = None,
        isolation: Isolation = "process",
        sandbox: CellRunner | None = None,
        seed: int | None = None,
        temperature: float = 0.0,
        max_turns: int = 6,
        n_ctx: int | None = None,
        gpu_layers: GpuLayers = "auto",
        llama: LlamaOptions | None = None,
        allow_remote: bool = False,
        resume: Resumed | None = None,
    ) -> None:
        if max_turns < 1:
            raise UsageError(f"max_turns is {max_turns}.", hint="Give 1 or more.")
        self._output = OutputFolder(Path(output_dir)) if output_dir is not None else None
        self._allow_remote = allow_remote
        self._interrupted = False
        self._history: list[Step] = []
        self._base_settings = LoopSettings(max_turns=max_turns, temperature=temperature, seed=seed)
        with ExitStack() as undo:
            reference = resume.memory.model if resume and model is None else None
            if reference:
                source: Source = find_again(reference, allow_remote=allow_remote)
            else:
                source = find_model(model, allow_remote=allow_remote)
            self._isolation = isolation
            opening = OpeningSandbox(limits, isolation, seed, resume) if sandbox is None else sandbox
            if isinstance(opening, OpeningSandbox):
                undo.callback(opening.close)
            self._loaded = LoadedModel(source, LoadSettings(n_ctx, gpu_layers, seed, llama))
            undo.callback(self._loaded.close)
            self.sandbox: CellRunner = opening.result() if isinstance(opening, OpeningSandbox) else opening
            undo.pop_all()
        self._undo = ExitStack()
        if sandbox is None:
            self._undo.callback(self._close_sandbox)
        self._undo.callback(self._loaded.close)
        self._attachments = Attachments(self.sandbox)
        self._load_s = self.info.load_s
        self._conversation = self._new_conversation()
        if resume is not None:
            self._conversation.restore(resume.memory.conversation)
            self._attachments.recall(resume.memory.attachments)
            self._history = list(resume.memory.history)

    # --- requests

    def check(self, request: str) -> None:
        """Make sure that a request can be taken up, before anything is done for it.

        Raises:
            UsageError: it is empty.
            PromptTooLongError: it does not fit the model's context.
        """
        if not request.strip():
            raise UsageError("The request is empty.", hint="Say what is to be done, in one sentence.")
        probe = self._new_conversation()
        probe.add_request(prompt.request_message(request, []), short=request)
        probe.messages(self._settings.max_program_tokens)

    def ask(
        self,
        request: str,
        files: Sequence[str | os.PathLike[str]] = (),
        *,
        on_event: events.OnEvent | None = None,
        variant: int = 0,
    ) -> Answer:
        """Answer a request.

        Args:
            request: what is to be done, in the user's words.
            files: host files, offered to the session read-only under their own names.
            on_event: told what happens as it happens.
            variant: 0 samples as this interpreter was set; each other number makes the model try something else.

        Returns:
            The answer. ``failed`` where no program did the job, ``interrupted`` after ``interrupt``.

        Raises:
            UsageError: an empty request, or a file that cannot be read.
            PromptTooLongError: the request does not fit the model's context.
        """
        begin = time.perf_counter()
        self.check(request)
        self._interrupted = False  # a late interruption of the request before
        emit = on_event or _ignore
        index = len(self.exchanges)
        self._grant(files)
        emit(events.RequestStarted(index, request))
        with self._remembered_if_whole():
            outcome = self._work(index, request, emit, self._sampling(variant))
            saved = self._save(outcome.results)
        emit(events.RequestFinished(outcome.status, outcome.text))
        timings = Timings(
            load_s=self._load_s,
            first_token_s=None if outcome.first_token_at is None else outcome.first_token_at - begin,
            total_s=time.perf_counter() - begin,
        )
        self._load_s = 0.0
        answer = Answer(
            outcome.text, outcome.status, outcome.turns, saved.files, outcome.usage, timings, self.info, saved.error
        )
        self._history.append(Exchange(request, answer))
        return answer

    def run(self, code: str, *, on_event: events.OnEvent | None = None) -> UserCell:
        """Run a program of the user's in the session; the next request tells the model of it.

        Args:
            code: Python source.
            on_event: told of its outputs as they happen, and of its end.
        """
        self._interrupted = False
        emit = on_event or _ignore
        result = self.sandbox.run(code, on_output=lambda output: emit(events.CellOutput(output)))
        emit(events.CellFinished(result))
        turn = Turn(len(self.exchanges), code, result.status, result.outputs, result.elapsed_s)
        cell = UserCell(turn, *self._save([result]))
        self._history.append(cell)
        return cell

    def interrupt(self) -> None:
        """End the running request with status ``interrupted``; from a signal handler or another thread."""
        self._interrupted = True
        self.model.interrupt()
        self.sandbox.interrupt()

    # --- the session

    def attach(self, files: Sequence[str | os.PathLike[str]]) -> list[FileFacts]:
        """Offer host files to the session, read-only; the next request tells the model what they hold.

        Returns:
            What was found in them.

        Raises:
            UsageError: one cannot be read.
        """
        return self._attachments.inspect(self._grant(files))

    def checkpoint(self) -> Checkpoint:
        """The session as it is now, between two requests: conversation, variables, files."""
        return Checkpoint(
            self.sandbox.checkpoint(), self._conversation.mark(), self._attachments.mark(), tuple(self._history)
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back: nothing of what was said or run since is remembered.

        What stays: the model, files that were attached since, and what was written to the output folder.

        Raises:
            UsageError: a file attached since can no longer be opened; it is then no longer attached.
        """
        self.sandbox.restore(checkpoint.sandbox)
        self._conversation.restore(checkpoint.conversation)
        self._history = list(checkpoint.history)
        self._attachments.restore(checkpoint.attachments)

    def reset(self) -> None:
        """Begin anew: a fresh Python and no conversation; attached files and the model stay."""
        self.sandbox.reset()
        self._conversation = self._new_conversation()
        self._history = []
        self._attachments.start_again()

    def use_model(self, model: str | Path | CodeModel | None) -> None:
        """Go on with another model; the conversation stays.

        Raises:
            ModelError, ArtifactError: it is unknown, missing or damaged; the old one stays in use.
        """
        self._loaded.exchange(find_model(model, allow_remote=self._allow_remote))
        self._load_s = self.info.load_s
        self._conversation.resize(n_ctx=self.info.n_ctx, count=self.model.count_tokens)

    def set_limits(self, limits: ResourceLimits) -> bool:
        """Change what programs may use, from the next one on.

        Another time limit is a word; for the others the sandbox moves, with variables and files, and what was attached
        becomes a copy.

        Returns:
            Whether it moved: checkpoints that were taken before cannot be restored any more.

        Raises:
            UsageError: the session holds more than that; nothing has changed.
        """
        if replace(self.sandbox.limits, time_s=limits.time_s) == limits:
            self.sandbox.limits = limits
            return False
        self.sandbox = move_sandbox(self.sandbox, limits, self._isolation)
        self._attachments.move(self.sandbox)
        return True

    def memory(self) -> Memory:
        """All that the session holds besides the sandbox; ``resume`` goes on from both."""
        return Memory(
            self._loaded.reference,
            self.sandbox.limits,
            self._conversation.mark(),
            self._attachments.record(),
            tuple(self._history),
        )

    @property
    def model(self) -> CodeModel:
        """The model in use."""
        return self._loaded.model

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The session's requests with their answers."""
        return tuple(step for step in self._history if isinstance(step, Exchange))

    @property
    def history(self) -> tuple[Step, ...]:
        """The same with what the user ran in between."""
        return tuple(self._history)

    @property
    def attached(self) -> dict[str, Path]:
        """Host path of each attached file, by its name in the session."""
        return self._attachments.paths

    @property
    def info(self) -> ModelInfo:
        """Which model, and how it is loaded."""
        return self.model.info

    def notebook(self) -> bytes:
        """The session so far as a Jupyter notebook file."""
        from offline_ci.interpreter.notebook import notebook_bytes

        return notebook_bytes(self._history)

    def close(self) -> None:
        """End the session; a second call does nothing."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # --- parts of a request

    def _grant(self, files: Sequence[str | os.PathLike[str]]) -> list[str]:
        paths = [Path(file) for file in files]
        names = self._attachments.grant(paths)
        if self._output is not None:
            self._output.add_given(paths)
        return names

    @contextmanager
    def _remembered_if_whole(self) -> Iterator[None]:
        """A request that an exception breaks off is not remembered; what it did in the sandbox is the caller's."""
        conversation, attachments = self._conversation.mark(), self._attachments.mark()
        try:
            yield
        except BaseException:
            self._conversation.restore(conversation)
            self._attachments.restore(attachments)
            raise

    def _work(self, index: int, request: str, emit: events.OnEvent, settings: LoopSettings) -> Outcome:
        facts = self._attachments.take()
        told = {fact.name for fact in facts}
        is_first = not self._history
        earlier = [] if is_first else [file.path for file in self.sandbox.files.list() if file.path not in told]
        members = [member for fact in facts for member in fact.members]
        names, tables = [*told, *earlier, *members], [fact.name for fact in facts if fact.columns]
        recipes = []
        if not wanted_function(request):
            chosen = choose_recipes(request, names, tables, counts_rows=counts_rows(request, facts))
            recipes = [fill_in(code, request, facts) for code in chosen]
        wrong = false_premises(request, facts, earlier, self.sandbox)
        selection = self._selection_before(request)
        cells, before = self._untold_cells(), self._request_before(selection)
        message = prompt.request_message(request, facts, earlier, cells, recipes, wrong, before)
        self._conversation.add_request(message, short=request)
        loop = RequestLoop(self.model, self.sandbox, self._conversation, settings, emit, lambda: self._interrupted)
        return loop.run(Request(index, request, facts, earlier, recipes, wrong, self._written_before(), selection))

    def _untold_cells(self) -> list[UserCell]:
        """What the user ran since the last request."""
        since = takewhile(lambda step: isinstance(step, UserCell), reversed(self._history))
        return [step for step in since if isinstance(step, UserCell)][::-1]

    def _exchange_before(self) -> Exchange | None:
        """The last request with its answer; None where the user ran something since."""
        last = self._history[-1] if self._history else None
        return last if isinstance(last, Exchange) else None

    def _request_before(self, selection: Selection | None) -> str | None:
        last = self._exchange_before()
        if last is None or last.answer.status != "ok":
            return None
        chosen = selection.code if selection else None
        return prompt.request_before(last.request, last.answer.text, self._written_before(), chosen)

    def _selection_before(self, request: str) -> Selection | None:
        """The rows that the last request chose, where this one speaks of them."""
        last = self._exchange_before()
        is_meant = last is not None and last.answer.turns and means_persons(request)
        return selection_of(last.answer.turns[-1].code) if last is not None and is_meant else None

    def _written_before(self) -> list[str]:
        """Files of the last request."""
        last = self._exchange_before()
        return [file.path.name for file in last.answer.files] if last else []

    def _save(self, results: Sequence[ExecutionResult]) -> Saved:
        if self._output is not None:
            return save_results(self._output, self.sandbox, results)
        changed = dict.fromkeys(file.path for result in results for file in result.files)
        present = [file for file in self.sandbox.files.list() if file.path in changed]
        return Saved([SavedFile(Path(file.path), file.bytes) for file in present])

    @property
    def _settings(self) -> LoopSettings:
        """With room for a program: at most a third of the context."""
        return replace(self._base_settings, max_program_tokens=min(MAX_PROGRAM_TOKENS, self.info.n_ctx // 3))

    def _sampling(self, variant: int) -> LoopSettings:
        settings = self._settings
        if not variant:
            return settings
        seed = None if settings.seed is None else settings.seed + variant * _SEEDS_A_VARIANT
        return replace(settings, temperature=max(settings.temperature, _VARIANT_TEMPERATURE), seed=seed)

    def _close_sandbox(self) -> None:
        """The one in use by then; see ``set_limits``."""
        self.sandbox.close()

    def _new_conversation(self) -> Conversation:
        return Conversation(prompt.system_prompt(added_modules()), n_ctx=self.info.n_ctx, count=self.model.count_tokens)


def _ignore(_event: events.Event) -> None:
    pass
