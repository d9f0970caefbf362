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
from typing import BinaryIO, Final, NoReturn

from offline_ci.errors import ModelLoadError
from offline_ci.llm._gguf_types import ARRAY, FILE_TYPES, SCALAR_FORMATS, STRING, TENSOR_TYPES

Scalar = int | float | bool | str
Metadata = dict[str, Scalar | list[Scalar]]

_MAGIC: Final = b"GGUF"
_BLOCK: Final = 4 << 20
_MAX_HEADER_BYTES: Final = 128 << 20
_MAX_PAIRS: Final = 1 << 12
_MAX_TENSORS: Final = 1 << 18
_MAX_KEY_BYTES: Final = 1 << 16
_MAX_STRING_BYTES: Final = 16 << 20
_MAX_ARRAY: Final = 1 << 24
_KEPT_ARRAY: Final = 1024  # longer ones are vocabularies: skipped
_MAX_LABEL: Final = 200
_MAX_DIMS: Final = 4
_MAX_ELEMENTS: Final = 1 << 50
_MAX_LAYERS: Final = 1 << 12
_BLOCK_NAME: Final = re.compile(r"blk\.(\d{1,4})\.")

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
    layer_bytes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Tensors:
    """The tensor table.

    Attributes:
        n_params: elements of all tensors.
        types: elements of each type.
        end: where the last tensor's data ends, relative to the data's start.
        parts: bytes of each block by its number, and of the other tensors by the first part of their name.
    """

    n_params: int
    types: Counter[str]
    end: int
    parts: Counter[str]


class _Header:
    """Bounded, sequential reads at the start of a file."""

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self._file = file
        self._path = path
        self._size = size
        self._buffer = bytearray()
        self.position = 0

    def refuse(self, reason: str) -> NoReturn:
        raise ModelLoadError(
            f"{self._path} is not a usable GGUF model: {reason}.",
            hint="Download or copy it again, or choose another with `offline-ci models list`.",
        )

    def _need(self, count: int) -> int:
        """Make ``count`` more bytes available and step over them; returns where they begin."""
        start, end = self.position, self.position + count
        if end > len(self._buffer):
            if end > self._size:
                self.refuse(f"it ends inside its header (at byte {self._size:,})")
            if end > _MAX_HEADER_BYTES:
                self.refuse(f"its header is larger than {_MAX_HEADER_BYTES >> 20} MiB")
            while len(self._buffer) < end:
                block = self._file.read(_BLOCK)
                if not block:
                    self.refuse("it became shorter while it was read")
                self._buffer += block
        self.position = end
        return start

    def scalar(self, layout: str) -> int | float | bool:
        start = self._need(struct.calcsize(layout))
        value: int | float | bool = struct.unpack_from(layout, self._buffer, start)[0]
        return value

    def u32(self) -> int:
        return int(self.scalar("<I"))

    def count(self, limit: int, what: str) -> int:
        value = int(self.scalar("<Q"))
        if value > limit:
            self.refuse(f"it claims {value:,} {what} (at most {limit:,} are plausible)")
        return value

    def string(self, limit: int = _MAX_STRING_BYTES) -> str:
        length = self.count(limit, "bytes in one string")
        start = self._need(length)
        return self._buffer[start : start + length].decode("utf-8", errors="replace")

    def skip_strings(self, count: int) -> None:
        # A vocabulary has 300,000 of them: no call of ours and no attribute for each.
        unpack = struct.Struct("<Q").unpack_from
        buffer, position = self._buffer, self.position
        last = len(buffer) - 8
        for _ in range(count):
            if position > last:
                self.position = position
                self._need(8)
                last = len(buffer) - 8
            length = unpack(buffer, position)[0]
            if length > _MAX_STRING_BYTES:
                self.refuse(f"it claims {length:,} bytes in one string")
            position += 8 + length
        self.position = position
        self._need(0)

    def skip(self, count: int) -> None:
        self._need(count)


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


def _read(file: BinaryIO, path: Path, size: int) -> GgufInfo:
    _check_magic(file, path, size)
    header = _Header(file, path, size)
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


def _version(header: _Header) -> int:
    version = header.u32()
    if version in {2 << 24, 3 << 24}:
        header.refuse("it is big-endian, made for another kind of machine")
    if version not in {2, 3}:
        header.refuse(f"its format version is {version}, and 2 and 3 are known")
    return version


def _value(header: _Header, key: str, lengths: dict[str, int]) -> Scalar | list[Scalar] | None:
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


def _tensor_table(header: _Header, n_tensors: int) -> _Tensors:
    n_params = end = 0
    types: Counter[str] = Counter()
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
        type_name, block_elements, block_bytes = TENSOR_TYPES.get(kind, (f"type {kind}", 0, 0))
        n_params += elements
        types[type_name] += elements
        if block_elements:
            n_bytes = elements // block_elements * block_bytes
            end = max(end, offset + n_bytes)
            block = _BLOCK_NAME.match(name)
            parts[block[1] if block else name.partition(".")[0][:_MAX_LABEL]] += n_bytes
    return _Tensors(n_params, types, end, parts)


def _layer_bytes(parts: Counter[str], n_layer: int) -> tuple[int, ...]:
    # A model without an output matrix multiplies by its embedding, of which the output layer then has a copy.
    output = parts["output"] or parts["token_embd"]
    blocks = [parts[f"{layer}"] for layer in range(min(n_layer, _MAX_LAYERS))]
    return (*blocks, output + parts["output_norm"])


def _check_size(header: _Header, metadata: Metadata, tensors: _Tensors, size: int) -> None:
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
    file_type = FILE_TYPES.get(_number(metadata, "general.file_type") if "general.file_type" in metadata else -1)
    return GgufInfo(
        path=path,
        version=version,
        file_bytes=size,
        architecture=architecture or "unknown",
        model_name=_label(metadata, "general.name"),
        quantization=file_type or (tensors.types.most_common(1)[0][0] if tensors.types else "none"),
        n_params=tensors.n_params,
        n_layer=n_layer,
        n_ctx_train=number("context_length"),
        n_embd=n_embd,
        n_ff=number("feed_forward_length"),
        n_head=n_head,
        n_head_kv=n_head_kv,
        n_vocab=lengths.get("tokenizer.ggml.tokens", 0),
        kv_bytes_per_token=2 * n_layer * n_head_kv * (key_width + value_width),
        chat_template=_text(metadata, "tokenizer.chat_template") or None,
        licence=_label(metadata, "general.license"),
        n_files=max(1, _number(metadata, "split.count")),
        layer_bytes=_layer_bytes(tensors.parts, n_layer),
    )


def _text(metadata: Metadata, key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _label(metadata: Metadata, key: str) -> str:
    """Text that is shown on a terminal: control characters could forge what stands there."""
    return "".join(c for c in _text(metadata, key)[:_MAX_LABEL] if c.isprintable())


def _number(metadata: Metadata, key: str) -> int:
    """A non-negative integer; of one per layer, the largest; 0 where it is absent or nonsense."""
    value = metadata.get(key)
    candidates = value if isinstance(value, list) else [value]
    return max((n for n in candidates if isinstance(n, int) and 0 <= n < 1 << 48), default=0)
