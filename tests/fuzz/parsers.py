"""Readers of binary files: whatever the bytes are, they give a value or their own error."""

import json
import os
import struct
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fuzz.documents import damaged, places
from fuzz.source import Source
from offline_ci.errors import ModelLoadError, WasmFormatError
from offline_ci.llm.gguf import read_gguf
from offline_ci.snapshot.pages import PageMap
from offline_ci.snapshot.pages_portable import PortableStore
from offline_ci.snapshot.session_file import file_chunks
from offline_ci.snapshot.session_header import SessionHeader
from offline_ci.snapshot.session_state import state_from_json
from offline_ci.wasmbin.dylink import read_dylink
from offline_ci.wasmbin.linkinfo import LinkInfo
from support.gguf_bytes import gguf
from support.session_sample import some_session
from support.wasm_binary import MAGIC, custom, module, name, section, u, vec
from unit.wasmbin.test_linkinfo import SIDE

WASM_SEEDS = [SIDE, module()]
DYLINK_SEEDS = [
    section(1, u(1000) + u(4) + u(20) + u(0)) + section(2, vec(name("liba.so"), name("libb.so"))),
    section(3, vec(name("data") + u(0x100))) + section(4, vec(name("env") + name("maybe") + u(1))),
    section(5, vec(name("$ORIGIN/../x.libs"))),
]


def wasm(data: bytes) -> int:
    """A module, as a linker reads it; what it knows of it survives its own JSON."""
    try:
        link = LinkInfo.of(data)
    except WasmFormatError:
        return 1
    assert LinkInfo.from_json(link.to_json()) == link
    return 1


def dylink(data: bytes) -> int:
    """The section that says what a side module needs."""
    try:
        read_dylink(data)
    except WasmFormatError:
        return 1
    LinkInfo.of(MAGIC + custom("dylink.0", data))
    return 1


@cache
def _gguf_file() -> Path:
    return Path(f"/proc/self/fd/{os.memfd_create('gguf')}")


GGUF_SEEDS = [gguf(), gguf(pairs=()), gguf(tensors=())]


def model(data: bytes) -> int:
    """A GGUF file's header."""
    path = _gguf_file()
    path.write_bytes(data)
    try:
        info = read_gguf(path)
    except ModelLoadError:
        return 1
    assert info.n_params >= 0
    return 1


def session(data: bytes) -> int:
    """A session file's header with some changes; its digest would be no hindrance to a forger."""
    document, state, found = _session()
    try:
        header = SessionHeader.from_json(json.dumps(damaged(document, Source(data), found)).encode())
        assert header.body_bytes >= 0
        state_from_json(header.state, state.blobs, state.pages)
    except ValueError:
        return 1
    return 1


class _Body(NamedTuple):
    blobs: list[bytes]
    pages: PageMap


@cache
def _session():
    store = PortableStore()
    saved, _ = some_session(store)
    content = b"".join(file_chunks(saved, store))
    (n_bytes,) = struct.unpack("<Q", content[-40:-32])
    document = json.loads(content[-40 - n_bytes : -40])
    end = len(content) - 40 - n_bytes
    blobs = []
    for size in reversed(document["blobs"]):
        blobs.insert(0, content[end - size : end])
        end -= size
    return document, _Body(blobs, saved.state.python.pages), list(places(document))
