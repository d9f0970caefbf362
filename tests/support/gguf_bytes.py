"""Writes small GGUF files, right or wrong on purpose."""

import struct

SCALARS = {"u8": (0, "<B"), "u32": (4, "<I"), "i32": (5, "<i"), "f32": (6, "<f"), "bool": (7, "<?"), "u64": (10, "<Q")}
STRING, ARRAY = 8, 9
F32, Q4_0 = 0, 2


def string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def pair(key: str, kind: str, value: object) -> bytes:
    """A metadata entry; ``kind`` is a scalar's name, ``str``, or either behind ``[]``."""
    if kind.startswith("[]"):
        element = kind[2:]
        code = STRING if element == "str" else SCALARS[element][0]
        body = b"".join(payload(element, item) for item in value)
        return string(key) + struct.pack("<IIQ", ARRAY, code, len(value)) + body
    code = STRING if kind == "str" else SCALARS[kind][0]
    return string(key) + struct.pack("<I", code) + payload(kind, value)


def payload(kind: str, value: object) -> bytes:
    return string(value) if kind == "str" else struct.pack(SCALARS[kind][1], value)


def tensor(name: str, shape: list[int], kind: int = F32, offset: int = 0) -> bytes:
    return string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


LLAMA = (
    pair("general.architecture", "str", "llama"),
    pair("general.name", "str", "Tiny \x1b[31mred"),
    pair("general.license", "str", "mit"),
    pair("general.file_type", "u32", 2),
    pair("llama.block_count", "u32", 2),
    pair("llama.context_length", "u32", 512),
    pair("llama.embedding_length", "u32", 64),
    pair("llama.attention.head_count", "u32", 4),
    pair("llama.attention.head_count_kv", "u32", 2),
    pair("tokenizer.ggml.tokens", "[]str", [f"t{i}" for i in range(1500)]),
    pair("tokenizer.ggml.scores", "[]f32", [0.0] * 1500),
    pair("tokenizer.chat_template", "str", "{{ messages }}"),
)
TENSORS = (tensor("a", [64, 3]), tensor("b", [64, 2], Q4_0, offset=768))
DATA_BYTES = 768 + 2 * 64 // 32 * 18


def gguf(
    pairs: tuple[bytes, ...] = LLAMA,
    tensors: tuple[bytes, ...] = TENSORS,
    *,
    version: int = 3,
    n_tensors: int | None = None,
    n_pairs: int | None = None,
    data_bytes: int = DATA_BYTES,
) -> bytes:
    """A whole file; counts can be made to lie."""
    counts = (
        len(tensors) if n_tensors is None else n_tensors,
        len(pairs) if n_pairs is None else n_pairs,
    )
    head = b"GGUF" + struct.pack("<IQQ", version, *counts) + b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + bytes(data_bytes)
