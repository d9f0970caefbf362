"""Find out in a child process whether llama.cpp crashes: on a strange file, this processor or a GPU; and remember it.

A file that nobody pinned may be made to make llama.cpp abort, or be damaged so that it does.

Built by gcc 12 with AMX, llama.cpp dies with SIGSEGV on processors that have AMX (the compiler drops the tile
configuration; llama.cpp issue 20824). A signal that kills the process cannot be caught in it, so before such a build is
first used on such a processor, a child loads the model and evaluates a few tokens. If it dies, the model is used
without ``use_extra_bufts``: slower, but without that code.

The verdict holds for one llama.cpp build, one processor and one model file, because the quantisation decides which
code runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Final

from offline_ci import _env
from offline_ci.artifacts.files import write_atomically
from offline_ci.errors import ModelLoadError, OfflineCIError
from offline_ci.llm._hardware import has_amx
from offline_ci.llm.fitting import Offload
from offline_ci.llm.llama_options import LlamaOptions

TIMEOUT_S: Final = 120.0
_EXTRA: Final = "use_extra_bufts"
_SLOW_DISK_BYTES_PER_S: Final = 50_000_000
_GPU_TOKENS: Final = 512
"""A whole batch, which takes all the memory that reading ever takes."""

BUILD_WITHOUT_AMX: Final = "offline-ci setup --backend cpu"
"""The command that mends such a build for good."""

CommandFor = Callable[[bool], Sequence[str]]
"""The child's command line for a value of ``use_extra_bufts``."""


class Outcome(Enum):
    """How a child ended."""

    WORKS = "works"
    CRASHED = "crashed"
    UNKNOWN = "unknown"
    """It hung, could not start, or was refused: says nothing about the processor."""


def needs_probe(system_info: str) -> bool:
    """Whether this build of llama.cpp uses AMX and this processor has it.

    Args:
        system_info: what ``llama_print_system_info`` says.
    """
    return "AMX_INT8 = 1" in system_info and has_amx()


def use_extra_bufts(model: Path, *, model_id: str, build_id: str) -> bool:
    """Whether the model may be loaded with ``use_extra_bufts``; asked of a child once, then remembered.

    Args:
        model: GGUF file.
        model_id: its sha256, or another name for its contents.
        build_id: of the llama.cpp binaries.

    Raises:
        ModelLoadError: it crashes either way.
    """
    memory = _memory(build_id, _env.cpu_name(), *sorted(_env.cpu_flags()), model_id)
    return decide(lambda extra: child_command(model, extra), memory=memory)


def check_loads(model: Path, *, model_id: str, build_id: str) -> None:
    """Make sure that loading a file and evaluating a token crashes no process; asked of a child once, then remembered.

    Args:
        model: GGUF file.
        model_id: its sha256, or another name for its contents.
        build_id: of the llama.cpp binaries.

    Raises:
        ModelLoadError: the child crashed.
    """
    memory = _memory("loads", build_id, model_id)
    if _recall(memory, "loads"):
        return
    outcome = run_child(child_command(model, extra_bufts=False, n_tokens=1), timeout_s=TIMEOUT_S)
    if outcome is Outcome.CRASHED:
        raise ModelLoadError(
            f"llama.cpp crashes when it loads {model}: the file is damaged, or made to do harm.",
            hint="Get the file again, from where you trust it, or use another: `offline-ci models list`.",
        )
    if outcome is Outcome.WORKS:
        _remember(memory, "loads", verdict=True)


def gpu_works(
    model: Path, offload: Offload, options: LlamaOptions, n_ctx: int, *, model_id: str, build_id: str, gpus: str
) -> bool:
    """Whether a model can be used on GPUs: a driver that fails ends the process, and an out-of-memory may, too.

    That it works is remembered; a failure is tried anew each time, since another program may have caused it.

    Args:
        model: GGUF file.
        offload: where its layers are to go.
        options: llama.cpp's own.
        n_ctx: tokens of context.
        model_id: its sha256, or another name for its contents.
        build_id: of the llama.cpp binaries.
        gpus: which these are.
    """
    memory = _memory("gpu", build_id, model_id, gpus, str(options))
    if _recall(memory, "works"):
        return True
    timeout_s = TIMEOUT_S + model.stat().st_size / _SLOW_DISK_BYTES_PER_S
    outcome = run_child(gpu_command(model, offload, options, n_ctx), timeout_s=timeout_s)
    if outcome is Outcome.WORKS:
        _remember(memory, "works", verdict=True)
    return outcome is not Outcome.CRASHED


def gpu_command(model: Path, offload: Offload, options: LlamaOptions, n_ctx: int) -> list[str]:
    """The command line of the child that uses GPUs."""
    setup = json.dumps({**asdict(offload), "options": str(options), "n_ctx": n_ctx})
    return [*child_command(model, extra_bufts=False, n_tokens=min(_GPU_TOKENS, n_ctx - 1)), setup]


def _memory(*key: str) -> Path:
    name = hashlib.sha256("\0".join(key).encode()).hexdigest()[:32]
    return _env.home() / "cache" / "probe" / f"{name}.json"


def child_command(model: Path, extra_bufts: bool, n_tokens: int | None = None) -> list[str]:
    """The real child's command line."""
    command = [sys.executable, "-m", "offline_ci.llm._probe_child", str(model), "01"[extra_bufts]]
    return command if n_tokens is None else [*command, str(n_tokens)]


def decide(command_for: CommandFor, *, memory: Path, timeout_s: float = TIMEOUT_S) -> bool:
    """Try the fast way, then the safe way.

    Args:
        command_for: the child's command line.
        memory: file that keeps a verdict.
        timeout_s: for each child.

    Returns:
        The value for ``use_extra_bufts``.

    Raises:
        ModelLoadError: the child died both ways.
    """
    remembered = _recall(memory, _EXTRA)
    if remembered is not None:
        return remembered
    fast = run_child(command_for(True), timeout_s=timeout_s)
    if fast is Outcome.UNKNOWN:
        # Not worth remembering, and not worth risking this process.
        return False
    if fast is Outcome.CRASHED and run_child(command_for(False), timeout_s=timeout_s) is Outcome.CRASHED:
        raise ModelLoadError(
            f"llama.cpp crashes on this processor ({_env.cpu_name()}), with and without its matrix extensions.",
            hint=f"Build it without them: `{BUILD_WITHOUT_AMX}`.",
        )
    _remember(memory, _EXTRA, verdict=fast is Outcome.WORKS)
    return fast is Outcome.WORKS


def run_child(command: Sequence[str], *, timeout_s: float, environment: Mapping[str, str] | None = None) -> Outcome:
    """Run a child and see how it ends; whatever it does, this process lives.

    Args:
        command: its command line.
        timeout_s: for it.
        environment: variables, in addition to this process's.
    """
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
            # A backtrace starts a debugger, where there is one.
            env={**os.environ, "GGML_NO_BACKTRACE": "1", **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired):
        return Outcome.UNKNOWN
    if done.returncode == 0:
        return Outcome.WORKS
    # SIGKILL is the kernel short of memory, SIGINT and SIGTERM somebody's wish: none is a crash.
    return Outcome.CRASHED if -done.returncode in _CRASH_SIGNALS else Outcome.UNKNOWN


_CRASH_SIGNALS: Final = frozenset({4, 6, 7, 8, 10, 11})
"""SIGILL, SIGABRT, SIGBUS (7 on Linux, 10 on macOS), SIGFPE, SIGSEGV."""


def _recall(memory: Path, what: str) -> bool | None:
    try:
        verdict = json.loads(memory.read_text(encoding="utf-8"))[what]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return verdict if isinstance(verdict, bool) else None


def _remember(memory: Path, what: str, *, verdict: bool) -> None:
    try:
        write_atomically(memory, json.dumps({what: verdict, "cpu": _env.cpu_name()}) + "\n")
    except (OSError, OfflineCIError):
        # It is only asked again next time.
        return
