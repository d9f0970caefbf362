"""Artefacts and progress for tests."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from offline_ci.artifacts.specs import ArtifactSpec, Source
from offline_ci.artifacts.store import Store
from support.file_server import sha256


def spec_of(
    body: bytes, *sources: Source, name: str = "thing.bin", role: str = "wheel", **changes: str
) -> ArtifactSpec:
    """The artefact whose bytes are ``body``."""
    folder = changes.pop("folder", "models" if role == "model" else "runtime/dist")
    filename = changes.pop("filename", name)
    return ArtifactSpec(name, filename, len(body), sha256(body), "MIT", sources, folder=folder, role=role)


@dataclass
class RecordedProgress:
    """Keeps what it is told."""

    started: list[tuple[str, int]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    finished: int = 0

    def start(self, name: str, total_bytes: int) -> None:
        self.started.append((name, total_bytes))

    def advance(self, n_bytes: int) -> None:
        self.steps.append(n_bytes)

    def finish(self) -> None:
        self.finished += 1

    def message(self, text: str) -> None:
        self.messages.append(text)

    @property
    def arrived(self) -> int:
        return sum(self.steps)


def leftovers(store: Store) -> list[str]:
    """Every file below the store's folder but its locks and stamps."""
    files = [path.relative_to(store.root) for path in store.root.rglob("*") if path.is_file()]
    return sorted(str(path) for path in files if path.parts[0] not in {"locks", "stamps"})


def place_repeatedly(root: Path, byte: int) -> None:
    """What one of several processes does; exit status 1 where the store ever showed it anything but its own bytes."""
    body = bytes([byte]) * 300_000
    spec = spec_of(body, name=f"{byte}.bin")
    store = Store(root)
    for _ in range(5):
        store.place(spec, (body[at : at + 10_000] for at in range(0, len(body), 10_000)))
        if store.get(spec).read_bytes() != body:
            sys.exit(1)
