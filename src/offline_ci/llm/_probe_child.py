"""Loads a model and evaluates a few tokens, so that a crash costs this process only (started by ``probe.py``).

Arguments: the GGUF file, 1 or 0 for ``use_extra_bufts``, and how many tokens if not ``N_TOKENS``. Exit status 0: it
works; 3: llama.cpp refused the file, which the caller finds out for itself, with a better message.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from offline_ci.errors import ModelError
from offline_ci.llm.llama_cpp_native import Context, Model

N_TOKENS = 40
"""More than one tile of rows, so that the matrix path runs as well as the vector path."""


def main(path: str, use_extra_bufts: str, n_tokens: str = str(N_TOKENS)) -> int:
    """Evaluate a batch, then a single token."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        model = Model(Path(path), gpu_layers=0, use_extra_bufts=use_extra_bufts == "1")
        context = Context(model, n_ctx=256, on_gpu=False, cancelled=lambda: False)
        context.set_threads(1)
        tokens = model.vocab.tokenize("import numpy as np\n" * N_TOKENS, special=False)[: int(n_tokens)]
        context.evaluate(tokens)
        context.evaluate(tokens[:1])
    except ModelError:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
