"""Measures how fast a model reads and writes on this machine, as users have it."""

from __future__ import annotations

import time
from typing import Final

from offline_ci.artifacts.models import ResolvedModel
from offline_ci.errors import ModelError
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.llama_cpp import LlamaCppModel, try_out
from offline_ci.llm.llama_cpp_library import build_id
from offline_ci.llm.llama_cpp_settings import threads_for
from offline_ci.llm.llama_options import LlamaOptions, from_environment
from offline_ci.llm.speed import Speed

_PROMPT_WORDS: Final = 160
_MIN_TOKENS: Final = 4


def measure(file: ResolvedModel, *, seconds: float = 5.0, options: LlamaOptions | None = None) -> Speed:
    """Have a model read a prompt and write for a while; loading is not counted.

    Args:
        file: a verified model.
        seconds: for reading and writing together, about.
        options: llama.cpp's own; None takes what ``$OFFLINE_CI_LLAMA`` says.

    Raises:
        ModelError: it cannot be loaded, or writes nothing.
    """
    try_out(file)
    options = from_environment() if options is None else options
    model = LlamaCppModel(file.path, name=file.name, options=options, prompt_lookup=False, seed=1)
    try:
        n_threads = threads_for(options, on_gpu=model.info.gpu_layers > 0)()
        begin = time.monotonic()
        written, write_s, read, read_s = 0, 0.0, 0, 0.0

        def watch(_text: str) -> None:
            if time.monotonic() - begin > seconds:
                model.interrupt()

        turn = 0
        while written < _MIN_TOKENS or time.monotonic() - begin < seconds:
            # A prompt that no earlier one begins with, so that nothing of it is evaluated already.
            text = f"{turn} " + "word " * (_PROMPT_WORDS if turn == 0 else 1) + "Write a long story."
            done = model.generate([Message("user", text)], GenerationParams(max_tokens=512), on_text=watch)
            if turn == 0:
                read, read_s = done.prompt_tokens, done.first_token_s
            # The first token comes with the prompt.
            written += max(0, done.completion_tokens - 1)
            write_s += done.total_s - done.first_token_s
            turn += 1
            if turn > _MIN_TOKENS and not written:
                raise ModelError(f"{file.name} writes nothing, so its speed cannot be measured.")
    finally:
        model.close()
    return Speed(
        model=file.name,
        file_bytes=model.gguf.file_bytes,
        tokens_per_s=round(written / max(write_s, 1e-6), 1),
        prompt_tokens_per_s=round(read / max(read_s, 1e-6), 1),
        n_threads=n_threads,
        build_id=build_id(),
        gpu_layers=model.info.gpu_layers,
    )
