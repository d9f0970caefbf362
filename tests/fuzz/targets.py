"""Everything that is fuzzed: a function of bytes that raises when something is wrong, and bytes to start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fuzz import files, parsers, syscalls, texts, worker

REGRESSIONS = Path(__file__).parent / "regressions"


@dataclass(frozen=True)
class Target:
    """One thing to fuzz.

    Attributes:
        run: raises, if something is wrong; returns how many cases the bytes were.
        seeds: bytes to start from.
        share: of the time, against the others.
    """

    run: Callable[[bytes], int]
    seeds: Sequence[bytes] = field(default=(bytes(64), bytes(range(256))))
    share: float = 1.0


TARGETS = {
    "syscalls": Target(syscalls.run, share=3),
    "files": Target(files.run, share=3),
    "wasm": Target(parsers.wasm, parsers.WASM_SEEDS),
    "dylink": Target(parsers.dylink, parsers.DYLINK_SEEDS),
    "gguf": Target(parsers.model, parsers.GGUF_SEEDS),
    "session": Target(parsers.session, share=2),
    "channel": Target(worker.channel, worker.CHANNEL_SEEDS),
    "replies": Target(worker.replies, share=2),
    "messages": Target(worker.messages, worker.MESSAGE_SEEDS, share=2),
    "terminal": Target(texts.terminal, texts.TERMINAL_SEEDS),
    "reply": Target(texts.reply, texts.REPLY_SEEDS),
    "page": Target(texts.page, texts.HTML_SEEDS),
    "markdown": Target(texts.markdown, texts.REPLY_SEEDS + texts.HTML_SEEDS),
}


def regressions(name: str) -> list[Path]:
    """Bytes that once made a target raise."""
    return sorted((REGRESSIONS / name).glob("*"))
