"""``offline-ci setup``: everything that a first run needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from offline_ci.cli.format import duration
from offline_ci.cli.options import source_option
from offline_ci.cli.progress import Reporter, reporter

if TYPE_CHECKING:
    from offline_ci.artifacts.fetch import FetchConfig
    from offline_ci.artifacts.models import ModelStore, ResolvedModel
    from offline_ci.llm.llama_install import Wish
    from offline_ci.pyodide.installed import InstalledRuntime


T = TypeVar("T")


@click.command("setup", short_help="Get and build everything that a first run needs.")
@click.option("--model", metavar="NAME", help="Get this model instead of the default one.")
@click.option("--no-model", is_flag=True, help="Only the sandbox, no model.")
@click.option(
    "--backend",
    type=click.Choice(["auto", "cpu", "cuda", "vulkan", "metal", "rocm"]),
    help="Build llama.cpp for this kind of GPU, or for the best that this machine has and can build for.",
)
@source_option
def command(model: str | None, no_model: bool, backend: Wish | None, source: str | None) -> None:
    """Get and build everything that a first run needs.

    Fetches the sandbox's runtime, builds it for this machine, fetches a model, and tries both. What is done already is
    skipped; what was broken off goes on where it stopped.

    With --backend, llama.cpp comes first: built here with this machine's compilers and pip's own configuration, and
    put in the installed one's place when it has evaluated a token. The wheel is kept, so a second time takes seconds.
    """
    from offline_ci.artifacts.fetch import FetchConfig, fetch_runtime
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.pyodide.build import build_runtime

    if model is not None and no_model:
        raise click.UsageError("--model and --no-model exclude each other")
    config = FetchConfig.from_env(source)
    models = ModelStore()
    name = None if no_model else model or models.default()
    if name is not None:
        _check_name(models, name)
    with reporter() as progress:
        if backend is not None:
            _set_up_llama(progress, backend)
        _step(progress, "The runtime's files are here", lambda: fetch_runtime(progress, config=config))
        runtime = _step(progress, "The runtime is built", lambda: build_runtime(progress))
        _step(progress, "The images are done", lambda: _build_images(runtime, progress))
        resolved = None
        if name is not None:
            resolved = _step(progress, f"The model {name} is here", lambda: _pull(models, name, progress, config))
        _step(progress, "The sandbox works", _try_sandbox)
        if resolved is not None:
            for warning in _step(progress, "The model works", lambda: _try_model(resolved)):
                progress.message(warning)


def _step(progress: Reporter, done: str, work: Callable[[], T]) -> T:
    begin = time.monotonic()
    result = work()
    progress.message(f"{done} ({duration(time.monotonic() - begin)}).")
    return result


def _set_up_llama(progress: Reporter, wish: Wish) -> None:
    from offline_ci.llm.llama_install import install, is_installed, pick

    backend = pick(wish, progress.message)
    if is_installed(backend):
        progress.message(f"llama.cpp is for {backend.title} already.")
        return
    _step(progress, f"llama.cpp is for {backend.title}", lambda: install(backend, progress.message))


def _check_name(models: ModelStore, name: str) -> None:
    """An unknown name is told before anything is fetched."""
    known = {record.name for record in models.list()}
    if name not in known and not name.startswith("hf:"):
        raise models.unknown(name)


def _pull(models: ModelStore, name: str, progress: Reporter, config: FetchConfig) -> ResolvedModel:
    return models.pull(name, progress, config)


def _build_images(runtime: InstalledRuntime, progress: Reporter) -> None:
    from offline_ci.llm._hardware import available_memory_bytes
    from offline_ci.sandbox.image_build import build_images

    build_images(runtime, progress, available_bytes=available_memory_bytes())


def _try_sandbox() -> None:
    from offline_ci.errors import RuntimeBootError
    from offline_ci.sandbox import Sandbox

    with Sandbox() as sandbox:
        result = sandbox.run("import numpy\nint(numpy.arange(10).sum())")
    if result.result != "45":
        raise RuntimeBootError(
            f"The sandbox does not compute as it should ({result.status}: {result.error or result.result}).",
            hint="Run `offline-ci runtime verify`, then `offline-ci setup` once more.",
        )


def _try_model(resolved: ResolvedModel) -> tuple[str, ...]:
    """The model's warnings. Its evaluation of the system prompt stays on disk: the first answer starts sooner."""
    from offline_ci.artifacts.additions import added_modules
    from offline_ci.interpreter import prompt
    from offline_ci.llm.base import GenerationParams, Message
    from offline_ci.llm.llama_cpp import LlamaCppModel

    model = LlamaCppModel(resolved.path, name=resolved.name, sha256=resolved.sha256)
    try:
        messages = [Message("system", prompt.system_prompt(added_modules())), Message("user", "Hello")]
        model.generate(messages, GenerationParams(max_tokens=1), prefill=prompt.PREFILL)
        return model.info.warnings
    finally:
        model.close()
