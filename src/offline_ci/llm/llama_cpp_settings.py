"""The settings that suit a file, this machine and what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offline_ci.llm import probe
from offline_ci.llm._hardware import available_memory_bytes, default_threads, reads_faster_unpacked
from offline_ci.llm._threads import ThreadGovernor
from offline_ci.llm.fitting import Offload
from offline_ci.llm.gguf import GgufInfo
from offline_ci.llm.llama_cpp_devices import read_devices
from offline_ci.llm.llama_cpp_library import build_id, system_info
from offline_ci.llm.llama_cpp_plan import GpuLayers, Settings, chosen_gpus, draft, plans
from offline_ci.llm.llama_options import LlamaOptions, from_environment


def threads_for(options: LlamaOptions, *, on_gpu: bool) -> Callable[[], int]:
    """Says how many threads may compute now.

    With flash attention on the processor always the same number, because the answer depends on it.
    """
    n_threads = options.threads
    if n_threads is None and not on_gpu and options.uses_flash_attn(on_gpu=False):
        n_threads = default_threads()
    return ThreadGovernor(default_threads()).threads if n_threads is None else lambda: n_threads


def without_crash(gguf: GgufInfo, settings: Settings, sha256: str) -> Settings:
    """The same settings, without the GPUs if the model makes llama.cpp crash there.

    Raises:
        UsageError: a GPU is asked for that there is not.
    """
    offload = next(plans(gguf, settings))
    if not offload.n_layers:
        return settings
    gpus = ", ".join(f"{device}" for device in chosen_gpus(settings))
    n_ctx, model_id = settings.n_ctx * settings.n_seq, _model_id(gguf, sha256)
    if probe.gpu_works(gguf.path, offload, settings.options, n_ctx, model_id=model_id, build_id=build_id(), gpus=gpus):
        return settings
    warning = (
        f"llama.cpp crashes with this model on {gpus}, so it runs on the processor; `offline-ci doctor` tells more."
    )
    return replace(settings, devices=(), gpu_layers="auto", warnings=(*settings.warnings, warning))


def settings_for(
    gguf: GgufInfo, sha256: str, n_ctx: int | None, gpu_layers: GpuLayers, options: LlamaOptions | None
) -> Settings:
    """For one conversation.

    Args:
        gguf: what the file says about itself.
        sha256: of the file; empty where unknown.
        n_ctx: tokens of context; None takes what model and memory allow.
        gpu_layers: ``auto`` or a number of layers.
        options: llama.cpp's own; None takes the environment's.

    Raises:
        ModelLoadError: it does not fit the memory, or makes llama.cpp crash in every way.
        UsageError: something is asked for that makes no sense.
    """
    options = from_environment() if options is None else options
    available = available_memory_bytes()
    settings = draft(gguf, n_ctx, gpu_layers, options, read_devices(), available)
    all_on_gpu = next(plans(gguf, settings)).n_layers > gguf.n_layer
    kv_bytes = int(settings.n_ctx * gguf.kv_bytes_per_token * options.kv_scale)
    has_matrices = probe.needs_probe(system_info())
    warning = ""
    if gguf.file_bytes + kv_bytes > available and not all_on_gpu:
        # Repacked weights are a copy that the kernel cannot drop, unlike the mapped file.
        warning = "Memory is short, so its weights stay in the file and it writes more slowly; a smaller model helps."
    elif has_matrices and not _survives_amx(gguf, sha256):
        warning = (
            "This llama.cpp build crashes with this processor's matrix extensions, so they are not used and it writes "
            f"more slowly; to mend that: `{probe.BUILD_WITHOUT_AMX}`."
        )
    two = not warning and reads_faster_unpacked() and not has_matrices and gguf.file_bytes + 2 * kv_bytes <= available
    settings = replace(settings, use_extra_bufts=not warning, two_layouts=two, warnings=(warning,) if warning else ())
    return without_crash(gguf, settings, sha256)


def _survives_amx(gguf: GgufInfo, sha256: str) -> bool:
    return probe.use_extra_bufts(gguf.path, model_id=_model_id(gguf, sha256), build_id=build_id())


def _model_id(gguf: GgufInfo, sha256: str) -> str:
    status = gguf.path.stat()
    return sha256 or f"{gguf.path}:{status.st_size}:{status.st_mtime_ns}"


def state_key(settings: Settings, offload: Offload) -> tuple[str, ...]:
    """Of what was evaluated: all that its bytes depend on besides model, build and layout of the weights."""
    options = settings.options
    on_gpu = offload.n_layers > 0
    flash_attn = options.uses_flash_attn(on_gpu=on_gpu)
    gpus = [f"{device}" for device in settings.devices if device.index in offload.devices]
    # With flash attention, the processor's sums depend on the number of threads.
    n_threads = threads_for(options, on_gpu=on_gpu)() if flash_attn and not on_gpu else 0
    numbers = (offload.n_layers, *offload.shares, flash_attn, n_threads)
    return (options.cache_type_k, options.cache_type_v, *map(str, numbers), *gpus)
