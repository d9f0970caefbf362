"""Which files of the home folder a bundle carries: runtime, images, data sets, models, each verified first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offline_ci.artifacts.additions import home_lock
from offline_ci.artifacts.digest import Digest, digest_chunks, read_chunks
from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.artifacts.store import Store
from offline_ci.bundle.head.manifest import Model, Role
from offline_ci.errors import UsageError
from offline_ci.pyodide.installed import MANIFEST, InstalledRuntime
from offline_ci.snapshot.image_index import FOLDER, ImageIndex, index_json, read_index
from offline_ci.snapshot.images import damaged_images


@dataclass(frozen=True, slots=True)
class Item:
    """One file to be carried.

    Attributes:
        role: see ``Member``.
        target: where it belongs: below the home folder, or among the documents.
        source: a verified file, or the bytes themselves.
        sha256: what the file was verified against; empty where nobody has hashed it yet.
    """

    role: Role
    target: str
    source: Path | bytes
    sha256: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size

    def chunks(self) -> Iterable[bytes]:
        """Its bytes, piece by piece."""
        return [self.source] if isinstance(self.source, bytes) else read_chunks(self.source)

    def digest(self) -> Digest:
        """What is known of it, or found by reading it."""
        return Digest(self.sha256, self.size) if self.sha256 else digest_chunks(self.chunks())


def distribution_items(store: Store) -> Iterator[Item]:
    """All that any processor can build the runtime from, added packages included, and the data sets that are here.

    Raises:
        ArtifactMissingError, DigestMismatchError: a file of the distribution is missing or damaged.
    """
    lock = home_lock(store.root)
    for spec in lock.files:
        yield Item("home", spec.location, store.get(spec), spec.sha256)
    for spec in lock.datasets:
        if store.is_intact(spec):
            yield Item("home", spec.location, store.path(spec), spec.sha256)


def runtime_items(runtime: InstalledRuntime, images: Sequence[str] | None) -> Iterator[Item]:
    """The runtime as it was compiled here.

    Args:
        runtime: the runtime.
        images: names; None for all that are built.

    Raises:
        UsageError: there is no such image.
        ArtifactMissingError, DigestMismatchError: a file is missing or damaged.
    """
    runtime.check_all()
    index = _chosen(runtime, images)
    folder = f"runtime/{runtime.build_id}"
    files = {file.name: file for file in runtime.stored_files()}
    for image in index.images.values():
        files |= {file.name: file for file in (image.code, image.description)}
    for name in sorted(files):
        yield Item("compiled", f"{folder}/{name}", runtime.checked(files[name]), files[name].sha256)
    yield Item("compiled", f"{folder}/{FOLDER}/index.json", index_json(index).encode())
    yield Item("compiled", f"{folder}/{MANIFEST}", runtime.folder / MANIFEST)


def _chosen(runtime: InstalledRuntime, images: Sequence[str] | None) -> ImageIndex:
    index = read_index(runtime.folder)
    wanted = tuple(index.images) if images is None else images
    for name in wanted:
        if name not in index.images:
            raise UsageError(
                f"There is no image {name} on this machine.",
                hint=f"There are: {', '.join(index.images) or 'none'}. `offline-ci runtime build` builds the others.",
            )
    damaged = damaged_images(runtime)
    for name in wanted:
        if name in damaged:
            raise damaged[name]
    return ImageIndex({name: image for name, image in index.images.items() if name in wanted}, {})


def model_items(models: ModelStore, resolved: Sequence[ResolvedModel]) -> Iterator[tuple[Item, Model | None]]:
    """Models, each with what must be registered on the other side if no catalogue knows it."""
    records = {record.name: record for record in models.list()}
    for model in resolved:
        record = records.get(model.name)
        if record is not None and record.origin == "catalogue":
            yield Item("home", f"models/{model.path.name}", model.path, model.sha256), None
            continue
        target = f"models/{model.path.name}"
        if record is not None and record.origin != "added":
            target = model.path.relative_to(models.store.root).as_posix()
        origin = record.origin if record is not None else "added"
        registered = Model(model.name, target, model.sha256, model.size_bytes, origin)
        yield Item("home", target, model.path, model.sha256), registered


def stored_json(document: object) -> bytes:
    """JSON as it is written into a bundle: the same document gives the same bytes."""
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
