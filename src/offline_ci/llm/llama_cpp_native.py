"""The part of llama.cpp's C interface that we use, with Python types and our errors.

Nothing here knows of conversations or caches.

Invariant: a ``Context`` is used by one thread at a time; while a call runs, ``cancelled`` may turn true in another.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from offline_ci.errors import ModelError, ModelLoadError
from offline_ci.llm.fitting import CPU_ONLY, Offload
from offline_ci.llm.llama_cpp_devices import device_list
from offline_ci.llm.llama_cpp_library import forget_log, library, recent_log
from offline_ci.llm.llama_options import DEFAULTS, KvType, LlamaOptions

if TYPE_CHECKING:
    import llama_cpp.llama_cpp as capi

N_BATCH: Final = 512
"""Tokens of a prompt that are evaluated together."""

CPU_UBATCH: Final = 128
"""Tokens that the CPU computes at once: 512 are no faster, and take 400 MB of memory instead of 100."""

MAX_GUESSED: Final = 3
"""Tokens that are evaluated together with the one before them because they may follow it."""

_DECODED: Final = 0
_CANCELLED: Final = 2
_NUMA: Final = {"distribute": 1, "isolate": 2, "numactl": 3}
_KV_TYPES: Final[dict[KvType, int]] = {"f16": 1, "q8_0": 8, "q4_0": 2}
"""``ggml_type``."""

_FLASH_ATTN_AUTO: Final = -1
_MMAP_BIT: Final = 1
_MLOCK_BIT: Final = 2


class Vocab:
    """Text ↔ tokens."""

    def __init__(self, handle: capi.llama_vocab_p) -> None:
        self._c = library()
        self._handle = handle
        self._pieces: dict[int, bytes] = {}
        self.bos: int = self._c.llama_vocab_bos(handle)
        self.eos: int = self._c.llama_vocab_eos(handle)
        self.add_bos: bool = self._c.llama_vocab_get_add_bos(handle)

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of a text.

        Args:
            text: any text; lone surrogates become question marks.
            special: names of control tokens mean these tokens; only ever for a template's own text.
        """
        data = text.encode("utf-8", errors="replace")
        room = len(data) + 8
        while True:
            tokens = (self._c.llama_token * room)()
            n = self._c.llama_tokenize(self._handle, data, len(data), tokens, room, False, special)
            if n >= 0:
                return list(tokens[:n])
            if n == -(1 << 31):
                raise ModelError("The text has more tokens than llama.cpp can count.", hint="Shorten it.")
            room = -n

    def piece(self, token: int) -> bytes:
        """The bytes that a token stands for; empty for control tokens."""
        piece = self._pieces.get(token)
        if piece is None:
            buffer = ctypes.create_string_buffer(256)
            n = self._c.llama_token_to_piece(self._handle, token, buffer, len(buffer), 0, False)
            if n < 0:
                buffer = ctypes.create_string_buffer(-n)
                n = self._c.llama_token_to_piece(self._handle, token, buffer, len(buffer), 0, False)
            piece = self._pieces[token] = buffer.raw[:n]
        return piece

    def name(self, token: int) -> str:
        """A token's name in the vocabulary, for example ``<|im_end|>``; empty for none (-1)."""
        if token < 0:
            return ""
        text: bytes = self._c.llama_vocab_get_text(self._handle, token)
        return text.decode("utf-8", errors="replace")

    def is_eog(self, token: int) -> bool:
        """Whether the token ends the model's turn."""
        return bool(self._c.llama_vocab_is_eog(self._handle, token))

    def is_control(self, token: int) -> bool:
        """Whether the token is a control token."""
        return bool(self._c.llama_vocab_is_control(self._handle, token))

    def strips(self, token: int) -> tuple[bool, bool]:
        """Whether white space before and after this control token is swallowed."""
        attributes = self._c.llama_vocab_get_attr(self._handle, token)
        return (
            bool(attributes & self._c.LLAMA_TOKEN_ATTR_LSTRIP),
            bool(attributes & self._c.LLAMA_TOKEN_ATTR_RSTRIP),
        )


def _load_mode(options: LlamaOptions, default: int) -> int:
    """``llama_load_mode``: llama.cpp's choice where nothing is asked for."""
    if options.mmap and not options.mlock:
        return default
    return _MMAP_BIT * options.mmap + _MLOCK_BIT * options.mlock


def _flash_attn(options: LlamaOptions, *, on_gpu: bool) -> int:
    """``llama_flash_attn_type``."""
    if options.flash_attn == "auto" and options.cache_type_v == "f16" and on_gpu:
        return _FLASH_ATTN_AUTO
    # On the CPU it splits its sums by the number of threads: another number, another answer.
    return int(options.uses_flash_attn(on_gpu=on_gpu))


class Model:
    """Weights and vocabulary in memory; ``free`` it after its contexts.

    Args:
        path: GGUF file.
        use_extra_bufts: repack weights into the layouts that this CPU likes best.
        offload: layers that go to GPUs.
        options: llama.cpp's own.
        cancelled: asked while loading; true gives up.

    Raises:
        ModelLoadError: llama.cpp refused; ``recent_log`` tells why.
    """

    def __init__(
        self,
        path: Path,
        *,
        use_extra_bufts: bool,
        offload: Offload = CPU_ONLY,
        options: LlamaOptions = DEFAULTS,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        c = self._c = library()
        if options.numa != "off":
            c.llama_numa_init(_NUMA[options.numa])
        params = c.llama_model_default_params()
        params.use_extra_bufts = use_extra_bufts
        params.load_mode = _load_mode(options, params.load_mode)
        # Always named: llama.cpp would compute long prompts on a GPU that has no layers, or take a software device.
        devices = device_list(offload.devices)
        params.devices = ctypes.cast(devices, ctypes.c_void_p)
        params.n_gpu_layers = offload.n_layers
        shares = (ctypes.c_float * c.llama_max_devices())(*offload.shares)
        params.tensor_split = shares
        progress = c.llama_progress_callback(lambda _part, _data: not cancelled())
        params.progress_callback = progress
        forget_log()
        handle = c.llama_model_load_from_file(str(path).encode(), params)
        if not handle:
            raise ModelLoadError(f"llama.cpp cannot load {path}.")
        self.handle: capi.llama_model_p | None = handle
        self.vocab = Vocab(c.llama_model_get_vocab(handle))
        self.n_ctx_train: int = c.llama_model_n_ctx_train(handle)
        self.n_layer: int = c.llama_model_n_layer(handle)
        self.can_forget: bool = not (c.llama_model_is_recurrent(handle) or c.llama_model_is_hybrid(handle))
        """Whether what was evaluated can be taken back in part."""
        self.writes_text: bool = not (c.llama_model_has_encoder(handle) or c.llama_model_is_diffusion(handle))

    def free(self) -> None:
        """Give the memory back; a second call does nothing."""
        if self.handle is not None:
            self._c.llama_model_free(self.handle)
            self.handle = None


@dataclass(frozen=True, slots=True)
class Row:
    """A token to be evaluated.

    Attributes:
        seq: the conversation that it belongs to, from 0.
        position: its place there.
        token: what it is.
        is_output: what follows it will be sampled.
    """

    seq: int
    position: int
    token: int
    is_output: bool = False


class Context:
    """Conversations' working memory: the KV cache, and the last tokens' logits.

    Args:
        model: whose.
        n_ctx: tokens that fit, of each conversation.
        on_gpu: layers are offloaded.
        options: llama.cpp's own.
        cancelled: asked while a prompt is evaluated (on CPU); true ends it.
        n_seq: conversations; each has a cache of its own.

    Raises:
        ModelLoadError: no memory for it.
    """

    def __init__(
        self,
        model: Model,
        *,
        n_ctx: int,
        on_gpu: bool,
        cancelled: Callable[[], bool],
        n_seq: int = 1,
        options: LlamaOptions = DEFAULTS,
    ) -> None:
        c = self._c = library()
        params = c.llama_context_default_params()
        params.n_ctx = n_ctx * n_seq
        params.n_seq_max = n_seq
        params.n_batch = min(N_BATCH, n_ctx)
        # Only the last tokens' logits are read; the default reserves room for a whole batch's (300 MB for Qwen).
        params.n_outputs_max = max(n_seq, 1 + MAX_GUESSED)
        if not on_gpu:
            params.n_ubatch = min(CPU_UBATCH, n_ctx)
        params.flash_attn_type = _flash_attn(options, on_gpu=on_gpu)
        params.type_k, params.type_v = _KV_TYPES[options.cache_type_k], _KV_TYPES[options.cache_type_v]
        params.no_perf = True
        handle = c.llama_init_from_model(model.handle, params)
        if not handle:
            raise ModelLoadError(f"llama.cpp has no memory for a context of {n_ctx:,} tokens.")
        self.handle: capi.llama_context_p | None = handle
        self._memory = c.llama_get_memory(handle)
        self._cancelled = c.ggml_abort_callback(lambda _data: cancelled())
        self._never = c.ggml_abort_callback()

    @property
    def has_memory(self) -> bool:
        """False for models that only embed."""
        return bool(self._memory)

    @property
    def n_past(self) -> int:
        """Tokens evaluated and kept, of the first conversation."""
        return self.past(0)

    def past(self, seq: int) -> int:
        """Tokens evaluated and kept, of a conversation."""
        return int(self._c.llama_memory_seq_pos_max(self._memory, seq)) + 1

    def set_threads(self, n_threads: int) -> None:
        """Compute with so many threads from now on."""
        self._c.llama_set_n_threads(self.handle, n_threads, n_threads)

    def keep(self, n_tokens: int, seq: int = 0) -> int:
        """Forget all but the first tokens; returns how many are left (0 where a model cannot forget a part)."""
        if n_tokens >= self.past(seq):
            return self.past(seq)
        if n_tokens > 0 and self._c.llama_memory_seq_rm(self._memory, seq, n_tokens, -1):
            return n_tokens
        self._c.llama_memory_seq_rm(self._memory, seq, -1, -1)
        return 0

    def evaluate(self, tokens: Sequence[int]) -> int:
        """Evaluate at most ``N_BATCH`` more tokens.

        Returns:
            ``n_past`` afterwards; less than expected when it was cancelled.

        Raises:
            ModelError: llama.cpp reports an error.
        """
        array = (self._c.llama_token * len(tokens))(*tokens)
        self._decode(self._c.llama_batch_get_one(array, len(tokens)), can_be_cancelled=len(tokens) > 1)
        return self.n_past

    def evaluate_rows(self, rows: Sequence[Row], *, can_be_cancelled: bool = False) -> None:
        """Evaluate at most ``N_BATCH`` tokens of any conversations; ``past`` tells how far a cancelled one came.

        Raises:
            ModelError: llama.cpp reports an error.
        """
        batch = self._c.llama_batch_init(len(rows), 0, 1)
        try:
            batch.n_tokens = len(rows)
            for i, row in enumerate(rows):
                batch.token[i], batch.pos[i], batch.logits[i] = row.token, row.position, row.is_output
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, row.seq
            self._decode(batch, can_be_cancelled=can_be_cancelled)
        finally:
            self._c.llama_batch_free(batch)

    def _decode(self, batch: capi.llama_batch, *, can_be_cancelled: bool) -> None:
        # The callback costs a microsecond a graph node: nothing for a batch, 1 % of a token. A token is short anyway.
        self._c.llama_set_abort_callback(self.handle, self._cancelled if can_be_cancelled else self._never, None)
        status = self._c.llama_decode(self.handle, batch)
        if status not in {_DECODED, _CANCELLED}:
            last = next(iter(reversed(recent_log())), "no reason given")
            raise ModelError(
                f"llama.cpp failed to evaluate the prompt (status {status}: {last}).",
                hint="Try fewer --gpu-layers or a smaller --n-ctx; `offline-ci doctor` shows what is in use.",
            )

    def state(self) -> memoryview:
        """What was evaluated so far, as bytes for ``restore``."""
        buffer, n = self._copy_state()
        return memoryview(buffer).cast("B")[:n]

    def _copy_state(self) -> tuple[ctypes.Array[ctypes.c_uint8], int]:
        size = self._c.llama_state_seq_get_size(self.handle, 0)
        buffer = (ctypes.c_uint8 * size)()
        return buffer, self._c.llama_state_seq_get_data(self.handle, buffer, size, 0)

    def restore(self, state: bytes) -> bool:
        """Replace what was evaluated by a saved state; returns False, with nothing evaluated, where it does not fit.

        The bytes are trusted: pass only what ``state`` returned and a digest has vouched for.
        """
        return self._set_state(ctypes.cast(ctypes.c_char_p(state), ctypes.POINTER(ctypes.c_uint8)), len(state))

    def _set_state(self, pointer: object, n_bytes: int) -> bool:
        self._c.llama_memory_clear(self._memory, False)
        if self._c.llama_state_seq_set_data(self.handle, pointer, n_bytes, 0):
            return True
        self._c.llama_memory_clear(self._memory, False)
        return False

    def take_from(self, other: Context) -> None:
        """Replace what was evaluated by what another context of the same model has evaluated, bit for bit.

        Raises:
            ModelError: it does not fit.
        """
        if other.n_past == 0:
            self._c.llama_memory_clear(self._memory, False)
        elif not self._set_state(*other._copy_state()):
            raise ModelError("llama.cpp cannot move what it has evaluated.", hint="Choose a smaller --n-ctx.")

    def free(self) -> None:
        """Give the memory back; a second call does nothing."""
        if self.handle is not None:
            self._c.llama_free(self.handle)
            self.handle = None


class Sampler:
    """Chooses the next token; ``free`` it after use.

    Args:
        temperature: 0 is greedy.
        top_p: nucleus.
        seed: any integer.
    """

    def __init__(self, *, temperature: float, top_p: float, seed: int) -> None:
        c = self._c = library()
        self._handle: capi.llama_sampler_p | None = c.llama_sampler_chain_init(c.llama_sampler_chain_default_params())
        if temperature <= 0:
            steps = [c.llama_sampler_init_greedy()]
        else:
            # 0xFFFFFFFF means "draw a seed" to llama.cpp.
            steps = [
                c.llama_sampler_init_top_p(top_p, 1),
                c.llama_sampler_init_temp(temperature),
                c.llama_sampler_init_dist(seed % 0xFFFFFFFF),
            ]
        for step in steps:
            c.llama_sampler_chain_add(self._handle, step)

    def sample(self, context: Context, row: int = -1) -> int:
        """The token that follows a row of what the context evaluated last; by default its last one."""
        return int(self._c.llama_sampler_sample(self._handle, context.handle, row))

    def free(self) -> None:
        """Give the memory back; a second call does nothing."""
        if self._handle is not None:
            self._c.llama_sampler_free(self._handle)
            self._handle = None
