"""What a GGUF's header tells of what will not work, before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from offline_ci.errors import ModelLoadError
from offline_ci.llm.architectures import lacks
from offline_ci.llm.capacity import SHORT_N_CTX, Machine, cost_of_file, memory_bytes, verdict
from offline_ci.llm.gguf import GgufInfo, sibling_files
from offline_ci.llm.template import ChatTemplate

_KINDS: Final = {
    "adapter": "a LoRA adapter, which changes a model and is none itself",
    "mmproj": "the picture encoder (mmproj) of a model, not the model",
    "imatrix": "an importance matrix, which helps to quantise a model",
    "controlvector": "a control vector, which steers a model and is none itself",
    "clip": "the picture encoder (mmproj) of a model, not the model",
}
"""``general.type`` or ``general.architecture`` → what such a file is."""

_ENCODERS: Final = frozenset(
    {
        *("bert", "eurobert", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert", "nomic-bert"),
        *("nomic-bert-moe", "gemma-embedding", "t5encoder"),
    }
)
_RANK: Final = 4
_COARSE: Final = ("IQ1", "IQ2", "Q2_K")
"""Quantisations of less than three bits a weight; those of models that were trained so (TQ1_0, Q1_0) lose nothing."""

_INSTRUCT: Final = "Give an instruct or chat model: `offline-ci models list` shows some."


def require_chat_model(info: GgufInfo) -> None:
    """Refuse a file that can write nothing, whatever loads it.

    Raises:
        ModelLoadError: it is no language model, one that does not write, or an incomplete one; the message says which.
    """
    kind = _KINDS.get(info.kind) or _KINDS.get(info.architecture)
    if kind is not None:
        raise ModelLoadError(f"{info.path} is {kind}.", hint=_INSTRUCT)
    if info.pooling == _RANK:
        raise ModelLoadError(f"{info.path} is a reranker: it rates texts and writes none.", hint=_INSTRUCT)
    if info.architecture in _ENCODERS or info.pooling:
        raise ModelLoadError(
            f"{info.path} is an embedding model ({info.architecture}): it turns texts into numbers and writes none.",
            hint=_INSTRUCT,
        )
    if info.n_tensors == 0:
        raise ModelLoadError(
            f"{info.path} has a vocabulary and no weights.", hint="Get the model's own file. " + _INSTRUCT
        )
    _require_all_parts(info)


def _require_all_parts(info: GgufInfo) -> None:
    parts = sibling_files(info)
    if info.file_index:
        first = f", {parts[0].name}" if len(parts) > 1 else ""
        raise ModelLoadError(
            f"{info.path} is part {info.file_index + 1} of {info.n_files} of a model.",
            hint=f"Give the first part{first}, with the others beside it.",
        )
    if info.n_files > 1 and len(parts) == 1:
        raise ModelLoadError(
            f"{info.path} is the first of {info.n_files} parts of a model, but its name does not say so.",
            hint=f"llama.cpp finds the others by their names: NAME-00001-of-{info.n_files:05}.gguf and so on.",
        )
    missing = [path.name for path in parts if not path.is_file()]
    if missing:
        raise ModelLoadError(
            f"{info.path} is the first of {info.n_files} parts of a model, and there is no {missing[0]} beside it"
            + (f" (and {len(missing) - 1} more are missing)." if len(missing) > 1 else "."),
            hint="Put all parts into one folder.",
        )


def cautions(info: GgufInfo, machine: Machine) -> Iterator[str]:
    """What will not work well with a model, or perhaps not at all; one sentence each.

    Args:
        info: of a file that ``require_chat_model`` lets pass.
        machine: on which it is to run.
    """
    if lacks(info.architecture):
        yield (
            f"This llama.cpp build does not know the architecture {info.architecture!r}: it will not load. "
            "A newer llama-cpp-python may know it."
        )
    if not info.is_causal:
        yield "It does not write from left to right (a diffusion model): nothing sensible is to be expected of it."
    if info.unnamed:
        yield f"Its header has numbers that are new to us ({', '.join(info.unnamed)}): llama.cpp may refuse it."
    if info.quantization.startswith(_COARSE):
        yield f"{info.quantization} leaves less than three bits of a weight: its programs will be noticeably worse."
    if 0 < info.n_ctx_train < SHORT_N_CTX:
        yield f"It was trained for {info.n_ctx_train:,} tokens of context: too few for a file and a repair."
    cost = cost_of_file(info)
    if verdict(cost, machine) == "too large":
        yield (
            f"It takes about {memory_bytes(cost, SHORT_N_CTX) / 1e9:.1f} GB of memory, and "
            f"{(machine.available_bytes + machine.gpu_bytes) / 1e9:.1f} GB are available."
        )
    yield from _template_cautions(info)


def _template_cautions(info: GgufInfo) -> Iterator[str]:
    if not info.chat_template:
        yield (
            "It has no chat template, so it is probably a base model, which continues texts and follows no requests; "
            "the common ChatML format stands in."
        )
        return
    template = ChatTemplate(info.chat_template)
    template.close()
    if template.warning is not None:
        yield template.warning
    elif template.merges_system:
        yield "Its chat template has no system messages: ours is put before the first question."
