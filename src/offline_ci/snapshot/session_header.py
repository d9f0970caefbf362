"""The header of a session file; what is read may have been forged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.strict_json import check, depth_is_at_most, fields, integer, integers, typed
from offline_ci.snapshot.pages import PAGE_BYTES

_MAX_DEPTH = 32
_MAX_MEMORY_BYTES = 1 << 32


@dataclass(slots=True)
class SessionHeader:
    """What a session file says of its body.

    Attributes:
        build_id, image, extra: see ``SavedSession``.
        state: see ``state_to_json``.
        memory_bytes: size of linear memory; None without an interpreter.
        runs: first page, pages, and 1 for those that are stored, 0 for zeros; in order.
        blobs: bytes of each blob.
        sha256: of the body.
    """

    build_id: str
    image: str
    extra: dict[str, Any]
    state: dict[str, Any]
    memory_bytes: int | None
    runs: list[list[int]]
    blobs: list[int]
    sha256: str

    @property
    def body_bytes(self) -> int:
        """How long the body must be."""
        return sum(n * PAGE_BYTES for _, n, is_stored in self.runs if is_stored) + sum(self.blobs)

    def to_json(self) -> bytes:
        """As a JSON object."""
        document = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(document, separators=(",", ":")).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes) -> SessionHeader:
        """Read what ``to_json`` gave.

        Raises:
            ValueError: it is something else; says what is wrong.
        """
        try:
            document = json.loads(data)
        except RecursionError as error:
            raise ValueError("the header is nested too deeply") from error
        check(depth_is_at_most(document, _MAX_DEPTH), "the header is nested too deeply")
        d = fields(document, "the header", cls.__slots__)
        memory_bytes = d["memory_bytes"]
        if memory_bytes is not None:
            integer(memory_bytes, "the size of memory", WASM_PAGE_BYTES, _MAX_MEMORY_BYTES)
            check(memory_bytes % WASM_PAGE_BYTES == 0, "the size of memory is not one of whole pages")
        runs = [integers(item, "a run of pages") for item in typed(d["runs"], list, "the runs of pages")]
        end = 0
        for run in runs:
            check(len(run) == 3 and run[1] > 0 and run[2] in {0, 1}, "a run of pages is malformed")
            check(run[0] >= end, "runs of pages overlap")
            end = run[0] + run[1]
        check(end * PAGE_BYTES <= (memory_bytes or 0), "a run of pages lies outside memory")
        return cls(
            build_id=typed(d["build_id"], str, "the build id"),
            image=typed(d["image"], str, "the image"),
            extra=typed(d["extra"], dict, "extra"),
            state=typed(d["state"], dict, "the state"),
            memory_bytes=memory_bytes,
            runs=runs,
            blobs=integers(d["blobs"], "the size of a blob"),
            sha256=typed(d["sha256"], str, "the digest"),
        )
