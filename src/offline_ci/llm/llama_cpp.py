"""``LlamaCppModel``: a GGUF file behind the ``CodeModel`` protocol.

Whatever exception leaves ``generate`` (Ctrl-C, or one that ``on_text`` raised), the model stays usable.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from offline_ci import _env
from offline_ci.errors import UsageError
from offline_ci.llm import llama_cpp_native as native
from offline_ci.llm import probe
from offline_ci.llm._checks import busy, check_params, check_room, closed
from offline_ci.llm._hardware import available_memory_bytes, default_threads, reads_faster_unpacked
from offline_ci.llm._threads import ThreadGovernor
from offline_ci.llm.base import Completion, FinishReason, GenerationParams, Message, ModelInfo, OnText
from offline_ci.llm.gguf import GgufInfo, read_gguf
from offline_ci.llm.llama_cpp_load import GpuLayers, Loaded, Settings, choose_n_ctx, load
from offline_ci.llm.llama_cpp_prompt import PromptEncoder
from offline_ci.llm.llama_cpp_session import NativeThread, Session
from offline_ci.llm.prefix_cache import PrefixCache
from offline_ci.llm.stops import StopFilter
from offline_ci.llm.template import ChatTemplate

_STATE_VERSION = "1"
"""To be raised when ``Context`` changes what an evaluated state is made of."""


class LlamaCppModel:
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
        n_threads: for computing; None takes one for each physical core, less those that others keep busy.
        cache: folder for evaluated system prompts; None takes ``cache/prefix`` under our home.

    Attributes:
        gguf: what the file says about itself.

    Raises:
        ModelLoadError: the file is not a GGUF, damaged, unknown to llama.cpp, or too large for this machine.
        UsageError: ``n_ctx`` or ``gpu_layers`` make no sense for it.
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
        n_threads: int | None = None,
        cache: Path | None = None,
    ) -> None:
        started = time.monotonic()
        if n_threads is not None and n_threads < 1:
            raise UsageError(f"{n_threads} threads cannot compute.", hint="Give 1 or more, or leave it out.")
        self.gguf = read_gguf(path)
        settings = _settings(self.gguf, n_ctx, gpu_layers, sha256)
        threads = ThreadGovernor(default_threads()).threads if n_threads is None else lambda: n_threads
        self._seed = seed
        # Held by whoever is inside llama.cpp's objects, so that ``close`` frees them under nobody's feet.
        self._inside = threading.RLock()
        self._running = False
        self._prefix_of: tuple[tuple[Message, ...], list[int]] = ((), [])
        self._thread = NativeThread()
        with ExitStack() as undo:
            undo.callback(self._thread.join)
            undo.callback(self._thread.close)
            loaded = self._thread.run(load, self.gguf, settings, self._thread.cancelled, lambda: self._thread.closed)
            store = _prefix_cache(cache, sha256, loaded, settings)
            self._session = Session(loaded, self._thread, threads, store)
            undo.callback(self._session.close)
            vocab = self._vocab = loaded.lanes.model.vocab
            self._encoder = PromptEncoder(vocab)
            self._template = ChatTemplate(self.gguf.chat_template, bos=vocab.name(vocab.bos), eos=vocab.name(vocab.eos))
            undo.pop_all()
        self._info = ModelInfo(
            name=name or path.stem,
            sha256=sha256,
            n_ctx=settings.n_ctx,
            gpu_layers=loaded.gpu_layers,
            load_s=time.monotonic() - started,
            warnings=_warnings(self._template, settings, loaded),
        )

    @property
    def info(self) -> ModelInfo:
        """Name, digest, context."""
        return self._info

    def count_tokens(self, messages: Sequence[Message], *, prefill: str = "") -> int:
        """Tokens that ``generate`` would evaluate for this conversation."""
        with self._entered():
            return len(self._encode(messages, prefill))

    def generate(
        self,
        messages: Sequence[Message],
        params: GenerationParams,
        *,
        prefill: str = "",
        on_text: OnText | None = None,
    ) -> Completion:
        """Write the assistant's next message, which begins with ``prefill``.

        Stop strings are looked for in what is generated; one that began in ``prefill`` is not seen.

        Args:
            messages: the conversation.
            params: how to sample; ``max_tokens=0`` only evaluates the prompt, for a faster start later.
            prefill: the answer's beginning; the text of the completion comes after it.
            on_text: called on the caller's thread.

        Raises:
            PromptTooLongError: the conversation does not fit ``n_ctx``.
            ModelError: the model is closed or already writing, or its chat template refuses the conversation.
            UsageError: ``params`` make no sense.
        """
        check_params(params)
        sink = StopFilter(params.stop, on_text)
        with self._entered():
            if self._running:
                raise busy()
            self._running = True
            try:
                return self._generate(messages, params, prefill, sink)
            finally:
                self._running = False

    def interrupt(self) -> None:
        """End the running ``generate`` within a token, from another thread or a signal handler."""
        self._thread.cancel()

    def close(self) -> None:
        """Free the model, once a running ``generate`` has ended; a second call does nothing."""
        self._thread.close()
        if not self._running:
            with self._inside:
                self._free()

    @contextmanager
    def _entered(self) -> Iterator[None]:
        if not self._inside.acquire(blocking=False):
            raise busy()
        try:
            if self._thread.closed:
                raise closed()
            yield
        finally:
            if self._thread.closed and not self._running:
                self._free()
            self._inside.release()

    def _free(self) -> None:
        self._thread.join()
        self._session.close()
        self._template.close()

    def _generate(
        self, messages: Sequence[Message], params: GenerationParams, prefill: str, sink: StopFilter
    ) -> Completion:
        started = time.monotonic()
        self._thread.begin()
        tokens = self._encode(messages, prefill)
        check_room(len(tokens), self._info, self.gguf.n_ctx_train)
        cached, complete = self._session.evaluate(tokens, self._prefix(messages))
        reason: FinishReason = "interrupted"
        n_written, first_s = 0, 0.0
        if complete:
            limit = min(params.max_tokens, self._info.n_ctx - len(tokens))
            reason, n_written, first_s = self._write(params, limit, sink, started)
        return Completion(
            text=sink.text,
            finish_reason=reason,
            stop=sink.stop,
            prompt_tokens=len(tokens),
            cached_tokens=cached,
            completion_tokens=n_written,
            first_token_s=first_s,
            total_s=time.monotonic() - started,
        )

    def _write(
        self, params: GenerationParams, limit: int, sink: StopFilter, started: float
    ) -> tuple[FinishReason, int, float]:
        """Sample until something ends it; returns what, the tokens written, and the seconds to the first."""
        if limit == 0:
            return "length", 0, 0.0
        seed = next((s for s in (params.seed, self._seed) if s is not None), secrets.randbits(32))
        sampler = native.Sampler(temperature=params.temperature, top_p=params.top_p, seed=seed)
        try:
            token = self._session.sample(sampler)
            first_s = time.monotonic() - started
            n_written = 0
            while True:
                reason = self._accept(token, n_written, limit, sink)
                n_written += not self._vocab.is_eog(token)
                if reason is not None:
                    sink.finish()
                    return reason, n_written, first_s
                token = self._session.step(token, sampler)
        finally:
            sampler.free()

    def _accept(self, token: int, n_written: int, limit: int, sink: StopFilter) -> FinishReason | None:
        """Take a sampled token; returns why it is the last, or None."""
        if self._vocab.is_eog(token) or sink.feed(self._vocab.piece(token)):
            return "stop"
        if self._thread.cancelled():
            return "interrupted"
        return "length" if n_written + 1 >= limit else None

    def _encode(self, messages: Sequence[Message], prefill: str) -> list[int]:
        return self._encoder.encode(self._template.spans(messages, prefill))

    def _prefix(self, messages: Sequence[Message]) -> list[int]:
        """The tokens that every conversation with these leading system messages begins with."""
        n_system = next((i for i, message in enumerate(messages) if message.role != "system"), len(messages))
        system = tuple(messages[:n_system])
        if not system:
            return []
        if self._prefix_of[0] != system:
            # Two conversations that differ from the user's first letter on share exactly the prefix.
            one, other = (self._encode([*system, Message("user", text)], "") for text in ("0", "x"))
            shared = next((i for i, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0)
            self._prefix_of = (system, one[:shared])
        return self._prefix_of[1]


def _settings(gguf: GgufInfo, n_ctx: int | None, gpu_layers: GpuLayers, sha256: str) -> Settings:
    available = available_memory_bytes()
    chosen = choose_n_ctx(n_ctx, gguf, available)
    kv_bytes = chosen * gguf.kv_bytes_per_token
    has_matrices = probe.needs_probe(native.system_info())
    warning = ""
    if gguf.file_bytes + kv_bytes > available:
        # Repacked weights are a copy that the kernel cannot drop, unlike the mapped file.
        warning = "Memory is short, so its weights stay in the file and it writes more slowly; a smaller model helps."
    elif has_matrices and not _survives_amx(gguf, sha256):
        warning = (
            "This llama.cpp build crashes with this processor's matrix extensions, so they are not used and it writes "
            f"more slowly; to mend that: `{probe.BUILD_WITHOUT_AMX}`."
        )
    two = not warning and reads_faster_unpacked() and not has_matrices and gguf.file_bytes + 2 * kv_bytes <= available
    return Settings(chosen, gpu_layers, use_extra_bufts=not warning, two_layouts=two, warning=warning)


def _survives_amx(gguf: GgufInfo, sha256: str) -> bool:
    status = gguf.path.stat()
    model_id = sha256 or f"{gguf.path}:{status.st_size}:{status.st_mtime_ns}"
    return probe.use_extra_bufts(gguf.path, model_id=model_id, build_id=native.build_id())


def _prefix_cache(folder: Path | None, sha256: str, loaded: Loaded, settings: Settings) -> PrefixCache | None:
    if not sha256:
        return None
    layout = f"{settings.use_extra_bufts and not settings.two_layouts}"
    configuration = (sha256, native.build_id(), f"{loaded.gpu_layers}", layout, _STATE_VERSION)
    return PrefixCache(folder or _env.home() / "cache" / "prefix", configuration)


def _warnings(template: ChatTemplate, settings: Settings, loaded: Loaded) -> tuple[str, ...]:
    no_gpu = settings.gpu_layers not in {"auto", 0} and loaded.gpu_layers == 0
    gpu = "This llama.cpp build has no GPU support: --gpu-layers has no effect." if no_gpu else ""
    return tuple(warning for warning in (template.warning, settings.warning, gpu) if warning)
