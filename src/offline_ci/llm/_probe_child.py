"""Loads a model and evaluates a few tokens, so that a crash costs this process only (started by ``probe.py``).

Arguments: the GGUF file, 1 or 0 for ``use_extra_bufts``, and how many tokens if not ``N_TOKENS``; for GPUs a JSON
object with ``devices``, ``shares``, ``options`` and ``n_ctx``. Exit status 0: it works; 3: llama.cpp refused the file,
which the caller finds out for itself, with a better message.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from offline_ci.errors import ModelError
from offline_ci.llm.fitting import Offload
from offline_ci.llm.llama_cpp_native import Context, Model
from offline_ci.llm.llama_options import parse

N_TOKENS = 40
"""More than one tile of rows, so that the matrix path runs as well as the vector path."""

_N_CTX = 256


def main(path: str, use_extra_bufts: str, n_tokens: str = str(N_TOKENS), setup: str = "{}") -> int:
    """Evaluate a batch, then a single token."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted = json.loads(setup)
    options = parse(wanted.get("options", "").split())
    offload = Offload(tuple(wanted.get("devices", ())), tuple(wanted.get("shares", ())))
    try:
        model = Model(Path(path), use_extra_bufts=use_extra_bufts == "1", offload=offload, options=options)
        context = Context(
            model,
            n_ctx=wanted.get("n_ctx", _N_CTX),
            on_gpu=offload.n_layers > 0,
            cancelled=lambda: False,
            options=options,
        )
        context.set_threads(1)
        text = "import numpy as np\n" * max(N_TOKENS, int(n_tokens) // 4)
        tokens = model.vocab.tokenize(text, special=False)[: int(n_tokens)]
        context.evaluate(tokens)
        context.evaluate(tokens[:1])
    except ModelError:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
