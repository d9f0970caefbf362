"""A small bundle, written by the real writer."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from offline_ci.bundle.contents import Item
from offline_ci.bundle.head.manifest import Machine, Manifest
from offline_ci.bundle.head.payload import Bundle
from offline_ci.bundle.writer import write

ITEMS = (
    Item("wheel", "demo-1.0-py3-none-any.whl", b"a wheel " * 100),
    Item("home", "models/a.gguf", bytes(range(256)) * 400),
    Item("home", "runtime/dist/empty.bin", b""),
    Item("compiled", "runtime/0123/lib/main.cwasm", b"\x7fELF" * 3000),
    Item("document", "licences/README.md", "# Lizenzen für alles\n".encode()),
)


def silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody sees."""


def manifest(**changes: object) -> Manifest:
    """For this very machine, unless changed."""
    libc, version = platform.libc_ver()
    facts: dict[str, object] = {
        "version": "1.2.0",
        "bundle_id": "0123456789abcdef",
        "python": "{}.{}".format(*sys.version_info[:2]),
        "machine": Machine(platform.system(), platform.machine(), f"{libc} {version}", ("avx2",), ("avx2", "fma")),
        "build_id": "0123",
        "default_model": "",
        "payload_size": 0,
        "padding_sha256": "",
        "members": (),
    }
    return Manifest(**(facts | changes))  # type: ignore[arg-type]


def write_bundle(path: Path, part_size: int | None = None, **changes: object) -> Bundle:
    """``ITEMS`` as a bundle at ``path``."""
    write(path, ITEMS, [item.digest() for item in ITEMS], manifest(**changes), part_size, silent)
    return Bundle(path)
