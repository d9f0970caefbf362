"""``CodeInterpreter``: a model and a sandbox, and the requests of one session."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.errors import UsageError
from offline_ci.interpreter import events, prompt
from offline_ci.interpreter.answer import Answer, Exchange, SavedFile, Timings
from offline_ci.interpreter.conversation import Conversation
from offline_ci.interpreter.inspect_files import inspect_files
from offline_ci.interpreter.loop import LoopSettings, Outcome, RequestLoop
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.saving import OutputFolder, grant_files, save_results
from offline_ci.limits import ResourceLimits
from offline_ci.llm.base import CodeModel, ModelInfo

GpuLayers = int | Literal["auto"]
MAX_PROGRAM_TOKENS: Final = 1024


class CodeInterpreter:
    """Answers requests by having a model write Python and running it in a sandbox.

    Requests of one interpreter are turns of one session: variables, files and the conversation stay.

    Args:
        model: a name of the catalogue, the path of a GGUF file, ``hf:REPO/FILE`` (already pulled), or any
            ``CodeModel``; None takes the default model.
        limits: what each program may use.
        output_dir: where files of the session are written; None leaves them in the session, where ``sandbox.files``
            has them.
        isolation: of the sandbox.
        sandbox: one to use instead of a new one; it stays open.
        seed: fixes sampling, and random numbers in the sandbox.
        temperature: of the first try; 0 is greedy.
        max_turns: programs that the model may write for one request.
        n_ctx: context window in tokens; None takes what fits model and memory.
        gpu_layers: layers to offload.

    Raises:
        ModelError, ArtifactError: the model is unknown, missing or damaged, or the runtime is.
        UsageError: an argument makes no sense, or ``output_dir`` cannot be written to.
    """

    def __init__(
        self,
        model: str | Path | CodeModel | None = None,
        *,
        limits: ResourceLimits | None = None,
        output_dir: str | Path | None = None,
        isolation: Literal["process", "inline"] = "process",
        sandbox: CellRunner | None = None,
        seed: int | None = None,
        temperature: float = 0.0,
        max_turns: int = 6,
        n_ctx: int | None = None,
        gpu_layers: GpuLayers = "auto",
    ) -> None:
        if max_turns < 1:
            raise UsageError(f"max_turns is {max_turns}.", hint="Give 1 or more.")
        self._output = OutputFolder(Path(output_dir)) if output_dir is not None else None
        self._interrupted = False
        self._exchanges: list[Exchange] = []
        with ExitStack() as undo:
            file = None if isinstance(model, CodeModel) else resolve_model(model)
            if sandbox is None:
                from offline_ci.sandbox import Sandbox

                sandbox = undo.enter_context(Sandbox(limits=limits, isolation=isolation, seed=seed))
            self.sandbox = sandbox
            if file is None:
                assert isinstance(model, CodeModel)  # noqa: S101 - for the type checker
                self.model: CodeModel = model
            else:
                self.model = _load(file, n_ctx=n_ctx, gpu_layers=gpu_layers, seed=seed)
                undo.callback(self.model.close)
            self._undo = undo.pop_all()
        self._settings = LoopSettings(
            max_turns=max_turns,
            temperature=temperature,
            seed=seed,
            # Room for a program: at most a third of the context.
            max_program_tokens=min(MAX_PROGRAM_TOKENS, self.model.info.n_ctx // 3),
        )
        self._load_s = self.model.info.load_s
        self._conversation = Conversation(
            prompt.system_prompt(), n_ctx=self.model.info.n_ctx, count=self.model.count_tokens
        )

    # --- requests

    def check(self, request: str) -> None:
        """Make sure that a request can be taken up, before anything is done for it.

        Raises:
            UsageError: it is empty.
            PromptTooLongError: it does not fit the model's context.
        """
        if not request.strip():
            raise UsageError("The request is empty.", hint="Say what is to be done, in one sentence.")
        probe = Conversation(prompt.system_prompt(), n_ctx=self.model.info.n_ctx, count=self.model.count_tokens)
        probe.add_request(prompt.request_message(request, []), short=request)
        probe.messages(self._settings.max_program_tokens)

    def ask(
        self,
        request: str,
        files: Sequence[str | os.PathLike[str]] = (),
        *,
        on_event: events.OnEvent | None = None,
    ) -> Answer:
        """Answer a request.

        Args:
            request: what is to be done, in the user's words.
            files: host files, offered to the session read-only under their own names.
            on_event: told what happens as it happens.

        Returns:
            The answer. ``failed`` where no program did the job, ``interrupted`` after ``interrupt``.

        Raises:
            UsageError: an empty request, or a file that cannot be read.
            PromptTooLongError: the request does not fit the model's context.
        """
        begin = time.perf_counter()
        self.check(request)
        emit = on_event or _ignore
        index = len(self._exchanges)
        names = grant_files(self.sandbox, map(Path, files))
        if self._output is not None:
            self._output.add_given(map(Path, files))
        emit(events.RequestStarted(index, request))
        try:
            outcome = self._work(index, request, names, emit)
        finally:
            self._interrupted = False
        saved = self._save(outcome)
        emit(events.RequestFinished(outcome.status, outcome.text))
        timings = Timings(
            load_s=self._load_s,
            first_token_s=None if outcome.first_token_at is None else outcome.first_token_at - begin,
            total_s=time.perf_counter() - begin,
        )
        self._load_s = 0.0
        answer = Answer(outcome.text, outcome.status, outcome.turns, saved, outcome.usage, timings, self.info)
        self._exchanges.append(Exchange(request, answer))
        return answer

    def interrupt(self) -> None:
        """End the running request with status ``interrupted``; from a signal handler or another thread."""
        self._interrupted = True
        self.model.interrupt()
        self.sandbox.interrupt()

    @property
    def info(self) -> ModelInfo:
        """Which model, and how it is loaded."""
        return self.model.info

    def notebook(self) -> bytes:
        """The session so far as a Jupyter notebook file."""
        from offline_ci.interpreter.notebook import notebook_bytes

        return notebook_bytes(self._exchanges)

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

    def _work(self, index: int, request: str, names: list[str], emit: events.OnEvent) -> Outcome:
        facts = inspect_files(self.sandbox, names)
        earlier = [file.path for file in self.sandbox.files.list() if file.path not in names] if index else []
        self._conversation.add_request(prompt.request_message(request, facts, earlier), short=request)
        loop = RequestLoop(
            self.model, self.sandbox, self._conversation, self._settings, emit, lambda: self._interrupted
        )
        return loop.run(index, request, facts, earlier)

    def _save(self, outcome: Outcome) -> list[SavedFile]:
        if self._output is not None:
            return save_results(self._output, self.sandbox, outcome.results)
        changed = dict.fromkeys(file.path for result in outcome.results for file in result.files)
        return [SavedFile(Path(file.path), file.bytes) for file in self.sandbox.files.list() if file.path in changed]


def resolve_model(model: str | Path | None) -> ResolvedModel:
    """The verified file of a model by name, path or ``hf:REPO/FILE``; None is the default model.

    Raises:
        ModelError, ArtifactError: it is unknown, missing or damaged.
    """
    store = ModelStore()
    return store.resolve(store.default() if model is None else str(model))


def _load(file: ResolvedModel, *, n_ctx: int | None, gpu_layers: GpuLayers, seed: int | None) -> CodeModel:
    from offline_ci.llm.llama_cpp import LlamaCppModel  # a second of imports that a scripted model needs not

    return LlamaCppModel(file.path, name=file.name, sha256=file.sha256, n_ctx=n_ctx, gpu_layers=gpu_layers, seed=seed)


def _ignore(_event: events.Event) -> None:
    pass
