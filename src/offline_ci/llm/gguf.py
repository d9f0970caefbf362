"""Read a GGUF file's header: what the model is, and whether the file is whole.

A GGUF comes from a stranger and llama.cpp reads it in C++. So this reader looks first: every count and length is
bounded before it is believed, nothing is allocated on the file's word, and a file that is not a GGUF, is cut short or
contradicts itself is refused with a sentence about what it is.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from offline_ci.errors import ModelLoadError
from offline_ci.llm._gguf_header import Header
from offline_ci.llm._gguf_types import ARRAY, FILE_TYPES, SCALAR_FORMATS, STRING, TENSOR_TYPES

Scalar = int | float | bool | str
Metadata = dict[str, Scalar | list[Scalar]]

_MAGIC: Final = b"GGUF"
_MAX_PAIRS: Final = 1 << 12
_MAX_TENSORS: Final = 1 << 18
_MAX_KEY_BYTES: Final = 1 << 16
_MAX_ARRAY: Final = 1 << 24
_MAX_FILES: Final = 1 << 12
_KEPT_ARRAY: Final = 1024  # longer ones are vocabularies: skipped
_MAX_LABEL: Final = 200
_MAX_DIMS: Final = 4
_MAX_ELEMENTS: Final = 1 << 50
_MAX_LAYERS: Final = 1 << 12
_BLOCK_NAME: Final = re.compile(r"blk\.(\d{1,4})\.")
_EXPERTS: Final = "_exps"  # llama.cpp's names for the weights of all experts of a layer together

_PART: Final = re.compile(r"(?P<stem>.+)-\d{5}-of-\d{5}\.gguf", re.DOTALL)

_OTHER_FORMATS: Final = (
    (b"version https://git-lfs", "a Git LFS pointer, not the model itself"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"ggml", "a GGML model of before 2023"),
    (b"lmgg", "a GGML model of before 2023"),
    (b"tjgg", "a GGML model of before 2023"),
)


@dataclass(frozen=True, slots=True)
class GgufInfo:
    """What a GGUF's header says.

    Attributes:
        path: the file.
        version: of the format.
        file_bytes: its size.
        architecture: ``general.architecture``, for example ``qwen2``.
        model_name: ``general.name``; empty where it has none.
        quantization: ``general.file_type`` by name, or the most frequent tensor type.
        n_params: elements of all tensors in this file together.
        n_layer: transformer blocks.
        n_ctx_train: tokens of context that it was trained for; 0 where it does not say.
        n_embd: embedding width.
        n_ff: width of the feed-forward layers.
        n_head: query heads (of the widest layer).
        n_head_kv: key/value heads (of the widest layer).
        n_vocab: tokens in the vocabulary; 0 where it has none.
        kv_bytes_per_token: cache that one token of context takes at 16 bits, an upper bound.
        chat_template: ``tokenizer.chat_template``, or None.
        licence: ``general.license``; empty where it has none.
        n_files: files that the model is split into, this one included.
        file_index: which of them this one is, from 0.
        kind: ``general.type``: ``model``, ``adapter``, ``mmproj``, ``imatrix``; empty where it has none.
        n_tensors: in this file.
        active_share: part of the weights that is read for one token; 1 but for mixtures of experts.
        pooling: how an embedding model makes one vector of all, by llama.cpp's number; 0 for models that write.
        is_causal: whether a token sees only those before it, as it must where text is written in order.
        unnamed: numbers of tensor types and of the file type that this reader has no name for, as it would show them.
        layer_bytes: weights of each block in this file, then of the output layer; of tensor types that we do not know,
            nothing.
    """

    path: Path
    version: int
    file_bytes: int
    architecture: str
    model_name: str
    quantization: str
    n_params: int
    n_layer: int
    n_ctx_train: int
    n_embd: int
    n_ff: int
    n_head: int
    n_head_kv: int
    n_vocab: int
    kv_bytes_per_token: int
    chat_template: str | None
    licence: str
    n_files: int
    file_index: int
    kind: str
    n_tensors: int
    active_share: float
    pooling: int
    is_causal: bool
    unnamed: tuple[str, ...]
    layer_bytes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Tensors:
    """The tensor table: elements, bytes, types, and where the last tensor's data ends, relative to the data's start."""

    n_tensors: int
    n_params: int
    n_bytes: int
    n_expert_bytes: int
    types: Counter[str]
    unnamed: frozenset[str]
    end: int
    parts: Counter[str]
    """Bytes of each block by its number, and of the other tensors by the first part of their name."""


def read_gguf(path: Path) -> GgufInfo:
    """Read and check a model file's header.

    Args:
        path: a GGUF file; of a split model, its first file.

    Returns:
        What it says about itself.

    Raises:
        ModelLoadError: it cannot be read, is something else, is damaged or cut short; the message says which.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            return _read(file, path, size)
    except OSError as error:
        reason = "it is a directory" if path.is_dir() else (error.strerror or str(error)).lower()
        raise ModelLoadError(
            f"The model {path} cannot be read: {reason}.",
            hint="Give a .gguf file, or a name from `offline-ci models list`.",
        ) from error


def sibling_files(info: GgufInfo) -> list[Path]:
    """The files that a split model consists of, by llama.cpp's naming; just its own where it is whole."""
    match = _PART.fullmatch(info.path.name)
    if match is None or info.n_files == 1:
        return [info.path]
    return [
        info.path.with_name(f"{match['stem']}-{n:05}-of-{info.n_files:05}.gguf") for n in range(1, info.n_files + 1)
    ]


def _read(file: BinaryIO, path: Path, size: int) -> GgufInfo:
    _check_magic(file, path, size)
    header = Header(file, path, size)
    header.skip(len(_MAGIC))
    version = _version(header)
    n_tensors = header.count(_MAX_TENSORS, "tensors")
    n_pairs = header.count(_MAX_PAIRS, "metadata entries")
    lengths: dict[str, int] = {}
    metadata: Metadata = {}
    for _ in range(n_pairs):
        key = header.string(_MAX_KEY_BYTES)
        value = _value(header, key, lengths)
        if value is not None:
            metadata[key] = value
    n_files = _number(metadata, "split.count")
    if n_files > _MAX_FILES:
        header.refuse(f"it claims to be one of {n_files:,} files (at most {_MAX_FILES:,} are plausible)")
    tensors = _tensor_table(header, n_tensors)
    _check_size(header, metadata, tensors, size)
    return _info(path, version, size, metadata, lengths, tensors)


def _check_magic(file: BinaryIO, path: Path, size: int) -> None:
    head = file.read(64)
    file.seek(0)
    if head.startswith(_MAGIC):
        return
    if size == 0:
        what = "it is empty"
    else:
        kind = next((name for magic, name in _OTHER_FORMATS if head.lower().startswith(magic.lower())), None)
        if kind is None and head[8:10] == b'{"':
            kind = "a safetensors file; llama.cpp needs it converted to GGUF"
        what = f"it is {kind}" if kind else f"it begins with {head[:4]!r} instead of {_MAGIC!r}"
    raise ModelLoadError(
        f"{path} is not a GGUF model: {what}.",
        hint="Give a .gguf file, or a name from `offline-ci models list`.",
    )


def _version(header: Header) -> int:
    version = header.u32()
    if version in {2 << 24, 3 << 24}:
        header.refuse("it is big-endian, made for another kind of machine")
    if version not in {2, 3}:
        header.refuse(f"its format version is {version}, and 2 and 3 are known")
    return version


def _value(header: Header, key: str, lengths: dict[str, int]) -> Scalar | list[Scalar] | None:
    """One metadata value; None for an array that is only skipped (its length is noted)."""
    kind = header.u32()
    if kind == STRING:
        return header.string()
    if kind in SCALAR_FORMATS:
        return header.scalar(SCALAR_FORMATS[kind])
    if kind != ARRAY:
        header.refuse(f"the value of {key[:80]!r} has the unknown type {kind}")
    element = header.u32()
    length = header.count(_MAX_ARRAY, f"elements in {key[:80]!r}")
    lengths[key] = length
    if element == STRING:
        if length > _KEPT_ARRAY:
            header.skip_strings(length)
            return None
        return [header.string() for _ in range(length)]
    if element not in SCALAR_FORMATS:
        header.refuse(f"the elements of {key[:80]!r} have the unknown type {element}")
    layout = SCALAR_FORMATS[element]
    if length > _KEPT_ARRAY:
        header.skip(length * struct.calcsize(layout))
        return None
    return [header.scalar(layout) for _ in range(length)]


def _tensor_table(header: Header, n_tensors: int) -> _Tensors:
    n_params = n_bytes = n_expert_bytes = end = 0
    types: Counter[str] = Counter()
    unnamed: set[str] = set()
    parts: Counter[str] = Counter()
    for _ in range(n_tensors):
        name = header.string(_MAX_KEY_BYTES)
        n_dims = header.u32()
        if n_dims > _MAX_DIMS:
            header.refuse(f"the tensor {name[:80]!r} has {n_dims} dimensions")
        elements = 1
        for _ in range(n_dims):
            elements *= header.count(_MAX_ELEMENTS, f"elements in {name[:80]!r}")
        if elements > _MAX_ELEMENTS:
            header.refuse(f"the tensor {name[:80]!r} has {elements:,} elements")
        kind = header.u32()
        offset = header.count(1 << 62, f"as the place of {name[:80]!r}")
        if kind not in TENSOR_TYPES:
            unnamed.add(f"tensor type {kind}")
        type_name, block_elements, block_bytes = TENSOR_TYPES.get(kind, (f"type {kind}", 1, 0))
        size = elements // block_elements * block_bytes
        n_params += elements
        n_bytes += size
        n_expert_bytes += size if _EXPERTS in name else 0
        types[type_name] += elements
        block = _BLOCK_NAME.match(name)
        parts[block[1] if block else name.partition(".")[0][:_MAX_LABEL]] += size
        end = max(end, offset + size if size else 0)
    return _Tensors(n_tensors, n_params, n_bytes, n_expert_bytes, types, frozenset(unnamed), end, parts)


def _layer_bytes(parts: Counter[str], n_layer: int) -> tuple[int, ...]:
    # A model without an output matrix multiplies by its embedding, of which the output layer then has a copy.
    output = parts["output"] or parts["token_embd"]
    blocks = [parts[f"{layer}"] for layer in range(min(n_layer, _MAX_LAYERS))]
    return (*blocks, output + parts["output_norm"])


def _check_size(header: Header, metadata: Metadata, tensors: _Tensors, size: int) -> None:
    """A download that stopped early still has a perfect header: compare with where its tensors end."""
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
        header.refuse(f"its alignment is {alignment!r}")
    data_start = -(-header.position // alignment) * alignment
    if tensors.end and data_start + tensors.end > size:
        header.refuse(f"it is cut short: {size:,} bytes of {data_start + tensors.end:,}")


def _info(
    path: Path, version: int, size: int, metadata: Metadata, lengths: dict[str, int], tensors: _Tensors
) -> GgufInfo:
    architecture = _label(metadata, "general.architecture")

    def number(key: str) -> int:
        return _number(metadata, f"{architecture}.{key}")

    n_layer, n_embd, n_head = number("block_count"), number("embedding_length"), number("attention.head_count")
    n_head_kv = number("attention.head_count_kv") or n_head
    head_width = n_embd // n_head if n_head else 0
    key_width = number("attention.key_length") or head_width
    value_width = number("attention.value_length") or head_width
    file_type = _number(metadata, "general.file_type") if "general.file_type" in metadata else None
    unnamed = {f"file type {file_type}"} if file_type is not None and file_type not in FILE_TYPES else set()
    file_type_name = FILE_TYPES.get(file_type) if file_type is not None else None
    heads_by_layer = metadata.get(f"{architecture}.attention.head_count_kv")
    n_cached_heads = sum(map(_natural, heads_by_layer)) if isinstance(heads_by_layer, list) else n_layer * n_head_kv
    return GgufInfo(
        path=path,
        version=version,
        file_bytes=size,
        architecture=architecture or "unknown",
        model_name=_label(metadata, "general.name"),
        quantization=file_type_name or (tensors.types.most_common(1)[0][0] if tensors.types else "none"),
        n_params=tensors.n_params,
        n_layer=n_layer,
        n_ctx_train=number("context_length"),
        n_embd=n_embd,
        n_ff=number("feed_forward_length"),
        n_head=n_head,
        n_head_kv=n_head_kv,
        n_vocab=lengths.get("tokenizer.ggml.tokens", 0),
        kv_bytes_per_token=2 * n_cached_heads * (key_width + value_width),
        chat_template=_text(metadata, "tokenizer.chat_template") or None,
        licence=_label(metadata, "general.license"),
        n_files=max(1, _number(metadata, "split.count")),
        file_index=_number(metadata, "split.no"),
        kind=_label(metadata, "general.type"),
        n_tensors=tensors.n_tensors,
        active_share=_active_share(tensors, number("expert_count"), number("expert_used_count")),
        pooling=number("pooling_type"),
        is_causal=metadata.get(f"{architecture}.attention.causal") is not False,
        unnamed=tuple(sorted(tensors.unnamed | unnamed)),
        layer_bytes=_layer_bytes(tensors.parts, n_layer),
    )


def _active_share(tensors: _Tensors, n_experts: int, n_used: int) -> float:
    if not tensors.n_bytes or not 0 < n_used < n_experts:
        return 1.0
    return 1.0 - tensors.n_expert_bytes / tensors.n_bytes * (1 - n_used / n_experts)


def _text(metadata: Metadata, key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _label(metadata: Metadata, key: str) -> str:
    """Text that is shown on a terminal: control characters could forge what stands there."""
    return "".join(c for c in _text(metadata, key)[:_MAX_LABEL] if c.isprintable())


def _number(metadata: Metadata, key: str) -> int:
    """A non-negative integer; of one per layer, the largest; 0 where it is absent or nonsense."""
    value = metadata.get(key)
    return max(map(_natural, value), default=0) if isinstance(value, list) else _natural(value)


def _natural(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 48 else 0
