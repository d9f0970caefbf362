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

_PROMPT_WORDS: Final = 120
_PART_OF_WRITING: Final = 0.7
_MIN_TOKENS: Final = 4
_MAX_TURNS: Final = 100


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
        # A prompt that takes one pass over the weights for each batch, as real ones do.
        text = "word " * _PROMPT_WORDS + "Write a long story."
        read = model.generate([Message("user", text)], GenerationParams(max_tokens=1))
        end = time.monotonic() + seconds * _PART_OF_WRITING
        n_pieces, n_written, write_s = 0, 0, 0.0

        def watch(_text: str) -> None:
            nonlocal n_pieces
            n_pieces += 1
            if time.monotonic() > end and n_pieces >= _MIN_TOKENS:
                model.interrupt()

        for turn in range(_MAX_TURNS):
            request = Message("user", f"Write a long story, number {turn}.")
            done = model.generate([request], GenerationParams(max_tokens=512), on_text=watch)
            n_written += max(0, done.completion_tokens - 1)  # the first one comes with the prompt
            write_s += done.total_s - done.first_token_s
            if time.monotonic() > end and n_written:
                break
        else:
            raise ModelError(f"{file.name} writes next to nothing, so its speed cannot be measured.")
    finally:
        model.close()
    return Speed(
        model=file.name,
        file_bytes=model.gguf.file_bytes,
        tokens_per_s=round(n_written / write_s, 1),
        prompt_tokens_per_s=round(read.prompt_tokens / read.first_token_s, 1),
        n_threads=n_threads,
        build_id=build_id(),
        gpu_layers=model.info.gpu_layers,
    )
