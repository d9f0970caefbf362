"""``LlamaCppModel``: a GGUF file behind the ``CodeModel`` protocol, for one conversation at a time."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path

from offline_ci import _env
from offline_ci.artifacts.models import ResolvedModel
from offline_ci.llm import probe
from offline_ci.llm.base import ModelInfo
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_cpp_chat import ChatModel
from offline_ci.llm.llama_cpp_library import build_id
from offline_ci.llm.llama_cpp_load import Loaded, load
from offline_ci.llm.llama_cpp_plan import GpuLayers, Settings
from offline_ci.llm.llama_cpp_session import NativeThread, Session
from offline_ci.llm.llama_cpp_settings import settings_for, state_key, threads_for
from offline_ci.llm.llama_options import LlamaOptions
from offline_ci.llm.lookup import Lookup
from offline_ci.llm.prefix_cache import PrefixCache
from offline_ci.llm.suitability import require_chat_model
from offline_ci.llm.template import ChatTemplate, TemplateError, TemplateProcess

_STATE_VERSION = "1"
"""To be raised when ``Context`` changes what an evaluated state is made of."""


class LlamaCppModel(ChatModel):
    """A model that llama.cpp runs.

    The evaluated leading system messages are kept on disk: a system prompt that is the same in every run costs its
    evaluation once. So put what changes into the user's messages.

    Args:
        path: GGUF file; of a split model, the first.
        name: catalogue name; the file's stem where empty.
        sha256: of the file, hexadecimal; empty where unknown, and then nothing is kept on disk.
        n_ctx: context in tokens; None takes what the model was trained for, at most 16,384, less if memory is short.
        gpu_layers: layers to offload, or ``auto``: all that fit, where the build and the machine have a GPU.
        seed: for calls whose parameters have none.
        options: llama.cpp's own; None takes what ``$OFFLINE_CI_LLAMA`` says.
        cache: folder for evaluated system prompts; None takes ``cache/prefix`` under our home.
        prompt_lookup: guess the next tokens by what followed the same ones before. Faster; what is
            written differs, if at all, by the rounding of a token computed with others.

    Raises:
        ModelLoadError: the file is not a GGUF, damaged, unknown to llama.cpp, or too large for this machine.
        UsageError: ``n_ctx``, ``gpu_layers`` or ``options`` make no sense for it.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str = "",
        sha256: str = "",
        n_ctx: int | None = None,
        gpu_layers: GpuLayers = "auto",
        seed: int | None = None,
        options: LlamaOptions | None = None,
        cache: Path | None = None,
        prompt_lookup: bool = True,
    ) -> None:
        started = time.monotonic()
        gguf = read_gguf(path)
        settings = settings_for(gguf, sha256, n_ctx, gpu_layers, options)
        thread = NativeThread()
        process: TemplateProcess | None = None
        with ExitStack() as undo:
            with suppress(TemplateError):  # it comes again, and then is told
                process = TemplateProcess()
                undo.callback(process.close)
            done: list[Loaded] = []  # the thread leaves it here: Ctrl-C at the end of loading comes before it returns
            undo.callback(_free, done)
            undo.callback(thread.join)
            undo.callback(thread.close)
            thread.run(lambda: done.append(load(gguf, settings, thread.cancelled, lambda: thread.closed)))
            (loaded,) = done
            lookup = Lookup() if prompt_lookup else None
            threads = threads_for(settings.options, on_gpu=loaded.offload.n_layers > 0)
            session = Session(loaded, thread, threads, _prefix_cache(cache, sha256, loaded, settings), lookup)
            vocab = loaded.lanes.model.vocab
            bos, eos = vocab.name(vocab.bos), vocab.name(vocab.eos)
            template = ChatTemplate(gguf.chat_template, bos=bos, eos=eos, process=process)
            info = ModelInfo(
                name=name or path.stem,
                sha256=sha256,
                n_ctx=settings.n_ctx,
                gpu_layers=loaded.offload.n_layers,
                load_s=time.monotonic() - started,
                warnings=tuple(filter(None, (template.warning, *settings.warnings, *loaded.notices))),
            )
            super().__init__(gguf, info, vocab, template, session, thread, seed)
            undo.pop_all()


def try_out(model: ResolvedModel) -> None:
    """Have a file that nobody pinned loaded by another process first, once: what llama.cpp does not expect ends it.

    Raises:
        ModelLoadError: our own reader refuses it, it is no chat model, or the other process crashed.
    """
    if not model.is_pinned:
        require_chat_model(read_gguf(model.path))
        probe.check_loads(model.path, model_id=model.sha256, build_id=build_id())


def _free(done: list[Loaded]) -> None:
    for loaded in done:
        loaded.lanes.free()


def _prefix_cache(folder: Path | None, sha256: str, loaded: Loaded, settings: Settings) -> PrefixCache | None:
    if not sha256:
        return None
    layout = f"{settings.use_extra_bufts and not settings.two_layouts}"
    configuration = (sha256, build_id(), *state_key(settings, loaded.offload), layout, _STATE_VERSION)
    return PrefixCache(folder or _env.home() / "cache" / "prefix", configuration)
