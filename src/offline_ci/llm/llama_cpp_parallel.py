"""``ParallelLlamaCpp``: one GGUF file in memory, several conversations at a time."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from offline_ci.errors import UsageError
from offline_ci.llm._hardware import available_memory_bytes
from offline_ci.llm._work import Work
from offline_ci.llm.base import ModelInfo
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_cpp_batch import Batcher, Slot
from offline_ci.llm.llama_cpp_chat import ChatModel
from offline_ci.llm.llama_cpp_devices import read_devices
from offline_ci.llm.llama_cpp_load import load_shared
from offline_ci.llm.llama_cpp_plan import GpuLayers, draft
from offline_ci.llm.llama_cpp_settings import threads_for, without_crash
from offline_ci.llm.llama_options import LlamaOptions, from_environment
from offline_ci.llm.template import ChatTemplate

DEFAULT_N_CTX = 8192
"""Tokens for each conversation."""


class ParallelLlamaCpp:
    """A model for benchmarks: several threads write with it at once, each with a ``CodeModel`` of its own.

    All together write several times as many tokens a second as one alone; each by itself is slower than alone. The
    arithmetic of a token depends in its last bits on how many are computed with it, so a greedy answer may differ from
    the one that ``LlamaCppModel`` gives.

    Args:
        path: GGUF file; of a split model, the first.
        n_parallel: conversations.
        name: catalogue name; the file's stem where empty.
        sha256: of the file, hexadecimal.
        n_ctx: tokens of context for each; None takes what model and memory allow, at most 8,192.
        gpu_layers: layers to offload, or ``auto``.
        seed: for calls whose parameters have none.
        options: llama.cpp's own; None takes what ``$OFFLINE_CI_LLAMA`` says.

    Attributes:
        models: one for each conversation, to be used by one thread at a time.

    Raises:
        ModelLoadError: the file is not a GGUF, damaged, unknown to llama.cpp, or too large for this machine.
        UsageError: an argument makes no sense.
    """

    def __init__(
        self,
        path: Path,
        n_parallel: int,
        *,
        name: str = "",
        sha256: str = "",
        n_ctx: int | None = None,
        gpu_layers: GpuLayers = "auto",
        seed: int | None = None,
        options: LlamaOptions | None = None,
    ) -> None:
        if n_parallel < 1:
            raise UsageError(f"{n_parallel} conversations at a time make no sense.", hint="Give 1 or more.")
        started = time.monotonic()
        gguf = read_gguf(path)
        wanted = min(DEFAULT_N_CTX, gguf.n_ctx_train or DEFAULT_N_CTX) if n_ctx is None else n_ctx
        options = from_environment() if options is None else options
        settings = draft(gguf, wanted, gpu_layers, options, read_devices(), available_memory_bytes(), n_parallel)
        settings = without_crash(gguf, settings, sha256)
        self.models: list[ChatModel] = []
        with ExitStack() as undo:
            shared = load_shared(gguf, settings)
            undo.callback(shared.model.free)
            undo.callback(self._join)
            batcher = Batcher(shared.context, threads_for(options, on_gpu=shared.offload.n_layers > 0))
            undo.callback(batcher.close)
            vocab = shared.model.vocab
            for seq in range(n_parallel):
                work = Work()
                template = ChatTemplate(gguf.chat_template, bos=vocab.name(vocab.bos), eos=vocab.name(vocab.eos))
                info = ModelInfo(
                    name=name or path.stem,
                    sha256=sha256,
                    n_ctx=settings.n_ctx,
                    gpu_layers=shared.offload.n_layers,
                    load_s=time.monotonic() - started,
                    warnings=tuple(filter(None, (template.warning, *settings.warnings, *shared.notices))),
                )
                model = ChatModel(gguf, info, vocab, template, Slot(batcher, seq, work), work, seed)
                undo.callback(model.close)
                self.models.append(model)
            self._undo = undo.pop_all()

    def close(self) -> None:
        """End what is being written and free everything; a second call does nothing. Not from within ``on_text``."""
        self._undo.close()

    def _join(self) -> None:
        for model in self.models:
            model.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
