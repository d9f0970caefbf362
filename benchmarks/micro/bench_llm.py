"""The model: its first token in a new process, and its speed beside a bare loop over the same llama.cpp."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing

from measure import Goal, Row, row

from offline_ci.interpreter.interpreter import resolve_model
from offline_ci.llm import llama_cpp_native as native
from offline_ci.llm._hardware import default_threads
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.llama_cpp_library import library
from offline_ci.llm.llama_options import LlamaOptions

REQUEST = "What is the sum of the squares of the first 20 primes?"
FIRST_TOKEN = Goal("first token in a new process, prefix on disk", "s", 1.0, 0.7)
SPEED = Goal("tokens a second against llama.cpp's own loop", "ratio", 0.97, 1.0, more_is_better=True)
LOOKUP = Goal(
    "a failed program written again, with prompt lookup against without", "ratio", 1.2, 2.0, more_is_better=True
)
FAILED = """import pandas as pd

df = pd.read_csv('sales.csv', parse_dates=['date'])
monthly = df.groupby(df['date'].dt.to_period('M'))['amount'].agg(['sum', 'mean', 'count'])
monthly['share'] = monthly['sum'] / monthly['sum'].sum()
best = monthly['sum'].idxmax()
print(f"Best month: {best}, {monthly.loc[best, 'sum']:.2f}")
print(monthly.round(2).to_string())
monthly.to_csv('monthly.csv')"""
_TOKENS = 96
_ROUNDS = 5
_PROGRAM = """
import os, sys, time
from offline_ci import CodeInterpreter
from offline_ci.interpreter import events

def heard(event):
    if isinstance(event, events.CodeText):
        print(time.time() - float(sys.argv[1]), ready - float(sys.argv[1]), flush=True)
        os._exit(0)

interpreter = CodeInterpreter()
ready = time.time()
interpreter.ask(sys.argv[2], on_event=heard)
"""


def first_token(runs: int) -> list[Row]:
    """From the start of a process to the first token of its program."""
    times, ready = [], []
    for _ in range(runs + 1):
        command = [sys.executable, "-c", _PROGRAM, str(time.time()), REQUEST]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole, loaded = map(float, done.stdout.split())
        times.append(whole)
        ready.append(loaded)
    return [row(FIRST_TOKEN, times[1:], details={"of it until the model is loaded": statistics.median(ready[1:])})]


def speed() -> list[Row]:
    """``generate``, and what ``llama-bench -p 0 -n 96`` does: decode a token, then a random one, and so on.

    Source: llama.cpp, tools/llama-bench/llama-bench.cpp, ``test_gen``. In turns, on one file, with one thread count.
    """
    file = resolve_model(None)
    ours, bare = [], []
    n_threads = default_threads()
    options = LlamaOptions(threads=n_threads)
    with closing(LlamaCppModel(file.path, sha256=file.sha256, n_ctx=1024, gpu_layers=0, options=options)) as model:
        plain = native.Model(file.path, use_extra_bufts=not model.info.warnings)
        context = native.Context(plain, n_ctx=1024, on_gpu=False, cancelled=lambda: False)
        for _ in range(_ROUNDS + 1):
            ours.append(_generate(model))
            bare.append(_decode(context, n_threads))
        context.free()
        plain.free()
    ratios = [one / other for one, other in zip(ours[1:], bare[1:], strict=True)]
    details: dict[str, float | str] = {
        "ours, tokens/s": statistics.median(ours[1:]),
        "bare, tokens/s": statistics.median(bare[1:]),
    }
    return [row(SPEED, ratios, details=details)]


def prompt_lookup() -> list[Row]:
    """``generate`` of a repair, of a new program and of a story, with and without guesses; in turns, on one file."""
    file = resolve_model(None)
    repair = [
        Message("user", "Which month of sales.csv (date, amount) sold most? Save a table of all months."),
        Message("assistant", f"```python\n{FAILED}\n```"),
        Message("user", "KeyError: 'amount'. The columns are: date, total. Write the corrected program in full."),
    ]
    asked = {
        "repair": repair,
        "program": [Message("user", "Write a Python class for a bank account with deposits, and a test of it.")],
        "story": [Message("user", "Write a long story about a lighthouse and the sea.")],
    }
    with ExitStack() as closing_all:
        models = [
            closing_all.enter_context(
                closing(LlamaCppModel(file.path, sha256=file.sha256, n_ctx=2048, gpu_layers=0, prompt_lookup=guesses))
            )
            for guesses in (True, False)
        ]
        ratios: dict[str, list[float]] = {}
        for _ in range(_ROUNDS):
            for name, messages in asked.items():
                guessed, plain = (
                    _tokens_per_s(model, messages, "" if name == "story" else "```python\n") for model in models
                )
                ratios.setdefault(name, []).append(guessed / plain)
    details: dict[str, float | str] = {f"of a {name}": statistics.median(ratios[name]) for name in ("program", "story")}
    return [row(LOOKUP, ratios["repair"], details=details)]


def _generate(model: LlamaCppModel) -> float:
    asked = [Message("user", "Write a long story about a lighthouse and the sea.")]
    return _tokens_per_s(model, asked)


def _tokens_per_s(model: LlamaCppModel, asked: list[Message], prefill: str = "") -> float:
    done = model.generate(asked, GenerationParams(max_tokens=_TOKENS, temperature=0.0), prefill=prefill)
    return (done.completion_tokens - 1) / (done.total_s - done.first_token_s)


def _decode(context: native.Context, n_threads: int) -> float:
    c = library()
    context.keep(0)
    context.set_threads(n_threads)
    random.seed(0)
    token = (c.llama_token * 1)(1)
    begin = time.perf_counter()
    for _ in range(_TOKENS):
        assert c.llama_decode(context.handle, c.llama_batch_get_one(token, 1)) == 0
        c.llama_synchronize(context.handle)
        token[0] = random.randrange(1000, 100_000)  # noqa: S311 - any token
    return _TOKENS / (time.perf_counter() - begin)
