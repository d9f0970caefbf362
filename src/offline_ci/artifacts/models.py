"""Models by name, path or hub address: listed, resolved to verified files, added, removed, pulled."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from offline_ci.artifacts.catalog import MODEL_NAME, Catalog, CatalogModel, Unpinned, catalog
from offline_ci.artifacts.hub_names import PREFIX, hub_spec, model_name, parse_hub_name
from offline_ci.artifacts.model_registry import ModelRegistry, Registered
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.specs import ArtifactSpec
from offline_ci.artifacts.store import Store
from offline_ci.errors import (
    ArtifactMissingError,
    DigestMismatchError,
    ModelLoadError,
    UnknownModelError,
    UsageError,
)

if TYPE_CHECKING:
    from offline_ci.artifacts.fetch.config import FetchConfig

_GGUF_MAGIC: Final = b"GGUF"

State = Literal["ready", "missing", "damaged"]


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model that can be named.

    Attributes:
        name: its name.
        path: where its file is, or would be.
        size_bytes: of the file as pinned; an estimate where there is no ``sha256``.
        sha256: of the file as pinned; empty for one of the catalogue that its first pull will pin.
        origin: ``catalogue``, ``added`` or the ``hf:REPO/FILE`` it was pulled from.
        present: whether there is a file; not whether it is intact.
        licence: empty where unknown.
        offered: what the catalogue says of it; None where it is not of the catalogue.
        is_default: whether it is used where none is named.
    """

    name: str
    path: Path
    size_bytes: int
    sha256: str
    origin: str
    present: bool
    licence: str = ""
    offered: CatalogModel | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A verified model file.

    Attributes:
        name: the name it was found by, or the file's stem.
        path: the file.
        sha256: of the file.
        size_bytes: of the file.
        is_pinned: the digest is one that ships with us, not one of whoever added the file.
    """

    name: str
    path: Path
    sha256: str
    size_bytes: int
    is_pinned: bool = False


class ModelStore:
    """The models of this machine.

    Args:
        store: by default the store of the home folder.
        offered: by default the catalogue that ships with this version.
    """

    def __init__(self, store: Store | None = None, offered: Catalog | None = None) -> None:
        self.store = store if store is not None else Store()
        self.catalog = offered if offered is not None else catalog()
        self._registry = ModelRegistry(self.store)

    def list(self) -> list[ModelRecord]:
        """Every model of the catalogue and the registry, in that order."""
        registered = self._registry.load()
        offered = [self._offered_record(name, model, registered) for name, model in self.catalog.models.items()]
        shown = {record.origin for record in offered if record is not None}
        own = [_record(model) for model in registered.values() if model.origin == "added" or model.origin not in shown]
        return [*(record for record in offered if record is not None), *own]

    def default(self) -> str:
        """The name that stands where none is given."""
        return self.catalog.default

    def resolve(self, name_or_path: str) -> ResolvedModel:
        """A verified file from a NAME, a PATH or ``hf:REPO/FILE``. Nothing is fetched.

        Raises:
            UnknownModelError: no such name.
            ArtifactMissingError: the model or the path is not on this machine.
            DigestMismatchError: the file is not as pinned or registered.
            ModelLoadError: the path's file is not a GGUF.
            UsageError: the path is a folder.
        """
        spec = self._offered(name_or_path)
        if isinstance(spec, ArtifactSpec):
            return ResolvedModel(spec.name, self.store.get(spec), spec.sha256, spec.size_bytes, is_pinned=True)
        registered = self._registered(spec.hub_name if spec is not None else name_or_path)
        if registered is not None:
            return self._resolve_registered(registered)
        if spec is not None:
            raise _not_here(name_or_path)
        if name_or_path.startswith(PREFIX):
            parse_hub_name(name_or_path)
            raise _not_here(name_or_path)
        if _looks_like_path(name_or_path):
            path = check_gguf(Path(name_or_path).expanduser())
            digest = self.store.digest(path)
            return ResolvedModel(path.stem, path, digest.sha256, digest.size_bytes)
        raise self.unknown(name_or_path)

    def add(self, path: Path, name: str | None = None) -> ModelRecord:
        """Register a GGUF file of the user's under a name; the file stays where it is.

        Args:
            path: the file.
            name: by default the file's stem in lower case.

        Raises:
            UsageError: the name is no name, or belongs to the catalogue or a pulled model; or the path is a folder.
            ArtifactMissingError: there is no such file.
            ModelLoadError: it is not a GGUF.
        """
        file = check_gguf(path.expanduser()).resolve()
        chosen = name if name is not None else model_name(file.stem)
        if not MODEL_NAME.fullmatch(chosen):
            raise UsageError(f"{chosen!r} is no model name.", hint="Use lower-case letters, digits, '.', '_' and '-'.")
        if chosen in self.catalog.models:
            raise UsageError(
                f"The catalogue has a model of the name {chosen}.", hint="Choose another name with --name."
            )
        there = self._registry.load().get(chosen)
        if there is not None and there.origin != "added":
            raise UsageError(
                f"The model {chosen} was pulled from {there.origin}.", hint="Choose another name with --name."
            )
        digest = self.store.digest(file)
        registered = Registered(chosen, str(file), digest.sha256, digest.size_bytes, "added")
        self._registry.put(registered)
        return _record(registered)

    def remove(self, name: str) -> ModelRecord:
        """Forget a model, and delete its file unless it is the user's own.

        Returns:
            What was removed.

        Raises:
            UnknownModelError: no such name.
            ArtifactMissingError: a catalogue model that is not here.
        """
        record = self._find(name)
        if record.origin == "catalogue":
            spec = self._offered(record.name)
            if not isinstance(spec, ArtifactSpec) or not self.store.remove(spec):
                raise ArtifactMissingError(f"The model {name} is not on this machine.", hint="Nothing to remove.")
            return record
        if record.origin != "added":
            self.store.remove(hub_spec(record.origin, sha256=record.sha256, size_bytes=record.size_bytes))
        registered = self._registered(record.name if record.origin == "added" else record.origin)
        self._registry.drop(registered.name if registered is not None else record.name)
        return record

    def verify(self, name: str | None = None) -> Iterator[tuple[ModelRecord, State]]:
        """Hash models anew where they have changed; one of them, or all, one by one as it is known.

        Raises:
            UnknownModelError: no such name.
        """
        for record in [self._find(name)] if name is not None else self.list():
            if not record.path.is_file():
                yield record, "missing"
                continue
            digest = self.store.digest(record.path)
            intact = (digest.sha256, digest.size_bytes) == (record.sha256, record.size_bytes)
            yield record, "ready" if intact else "damaged"

    def pull(self, name: str, progress: Progress | None = None, config: FetchConfig | None = None) -> ResolvedModel:
        """Fetch a model of the catalogue, or ``hf:REPO/FILE``, unless it is here and intact.

        Args:
            name: the catalogue's name, a pulled model's, or ``hf:REPO/FILE``.
            progress: told about the transfer.
            config: the user's own sources; by default those of the environment.

        Raises:
            UnknownModelError: no such name.
            UsageError: it is a file of the user's own, or the hub name is malformed.
            FetchError: no source could deliver it.
            DigestMismatchError: the hub has another file now than when it was first pulled.
            DiskSpaceError: the disk has no room.
        """
        from offline_ci.artifacts.fetch.fetcher import Fetcher

        offered = self._offered(name)
        if isinstance(offered, ArtifactSpec):
            Fetcher(config).ensure([offered], self.store, progress)
            return self.resolve(name)
        if offered is not None:
            return self._pull_from_hub(offered.hub_name, name, offered.hub.revision, progress, config)
        registered = self._registered(name)
        if registered is not None and registered.origin == "added":
            raise UsageError(
                f"The model {name} is your own file {registered.path}.", hint="It has no source to pull it from."
            )
        if registered is None and not name.startswith(PREFIX):
            raise self.unknown(name)
        return self._pull_from_hub(registered.origin if registered else name, None, "main", progress, config)

    def _pull_from_hub(
        self, name: str, called: str | None, revision: str, progress: Progress | None, config: FetchConfig | None
    ) -> ResolvedModel:
        from offline_ci.artifacts.fetch.fetcher import Fetcher
        from offline_ci.artifacts.fetch.hub_models import look_up_model

        registered = self._registered(name)
        if registered is not None:
            spec = hub_spec(name, sha256=registered.sha256, size_bytes=registered.size_bytes)
            if self.store.is_intact(spec):
                return self.resolve(name)
        spec = look_up_model(name, self.store, revision)
        if registered is not None and spec.sha256 != registered.sha256:
            raise DigestMismatchError(
                f"{name} is not the file that was pulled before: its sha256 is {spec.sha256}, not {registered.sha256}.",
                hint=f"To take the new one: `offline-ci models remove {registered.name}`, then pull it again.",
            )
        Fetcher(config).ensure([spec], self.store, progress)
        if registered is not None:
            called = registered.name
        elif called is None:
            called = self._free_name(model_name(Path(spec.filename).stem), spec.folder)
        self._registry.put(Registered(called, str(self.store.path(spec)), spec.sha256, spec.size_bytes, name))
        return self.resolve(name)

    def _free_name(self, stem: str, folder: str) -> str:
        """A model name that nothing bears: the file's, else the repository's owner is put before it."""
        taken = {record.name for record in self.list()}
        return stem if stem not in taken else f"{model_name(folder.rpartition('/')[2])}-{stem}"

    def unknown(self, name: str) -> UnknownModelError:
        """The error about a name that nothing bears, with the names closest to it."""
        names = [record.name for record in self.list()]
        text = name.lower()
        close = [known for known in names if text in known] or difflib.get_close_matches(text, names, n=3, cutoff=0.4)
        meant = f"Did you mean {' or '.join(close)}? " if close else ""
        return UnknownModelError(
            f"There is no model {name!r}.",
            hint=f"{meant}`offline-ci models list` shows what there is; a GGUF file is given by its path.",
        )

    def find(self, name: str) -> ModelRecord | None:
        """The record of a name or ``hf:REPO/FILE``; None where there is none."""
        registered = self._registered(name)
        hub_name = registered.origin if registered is not None and registered.origin != "added" else None
        return next((record for record in self.list() if record.name == name or record.origin == hub_name), None)

    def _find(self, name: str) -> ModelRecord:
        record = self.find(name)
        if record is None:
            raise self.unknown(name)
        return record

    def _registered(self, name: str) -> Registered | None:
        models = self._registry.load()
        if name.startswith(PREFIX):
            return next((model for model in models.values() if model.origin == name), None)
        return models.get(name)

    def _resolve_registered(self, model: Registered) -> ResolvedModel:
        path = Path(model.path)
        pulled = model.origin != "added"
        if not path.is_file():
            raise ArtifactMissingError(
                f"The model {model.name} is no longer at {path}.",
                hint=f"Run `offline-ci models {f'pull {model.origin}' if pulled else f'remove {model.name}'}`.",
            )
        mend = f"offline-ci models {f'pull {model.origin}' if pulled else f'add --name {model.name} {path}'}"
        self.store.check(path, model.sha256, model.size_bytes, mend=mend)
        return ResolvedModel(model.name, path, model.sha256, model.size_bytes)

    def _offered(self, name: str) -> ArtifactSpec | Unpinned | None:
        """The catalogue's file of this name; None where it has none, or the user gave the name to another file."""
        offered = self.catalog.models.get(name)
        return None if offered is None or self._is_taken(name, offered, self._registry.load()) else offered.spec

    def _is_taken(self, name: str, offered: CatalogModel, registered: dict[str, Registered]) -> bool:
        """Whether a file that was registered before the catalogue had the name bears it: it keeps it."""
        own = isinstance(offered.spec, Unpinned) and offered.spec.hub_name
        return name in registered and registered[name].origin != own

    def _offered_record(
        self, name: str, offered: CatalogModel, registered: dict[str, Registered]
    ) -> ModelRecord | None:
        if self._is_taken(name, offered, registered):
            return None
        spec, is_default = offered.spec, name == self.catalog.default
        if isinstance(spec, ArtifactSpec):
            path = self.store.path(spec)
            size_bytes, sha256, origin, present = spec.size_bytes, spec.sha256, "catalogue", path.is_file()
        elif pulled := next((model for model in registered.values() if model.origin == spec.hub_name), None):
            path = Path(pulled.path)
            size_bytes, sha256, origin, present = pulled.size_bytes, pulled.sha256, pulled.origin, path.is_file()
        else:
            path = self.store.path(hub_spec(spec.hub_name, sha256="", size_bytes=spec.about_bytes))
            size_bytes, sha256, origin, present = spec.about_bytes, "", "catalogue", False
        return ModelRecord(name, path, size_bytes, sha256, origin, present, spec.licence, offered, is_default)


def _not_here(name: str) -> ArtifactMissingError:
    return ArtifactMissingError(
        f"The model {name} is not on this machine.", hint=f"Run `offline-ci models pull {name}`."
    )


def check_gguf(path: Path) -> Path:
    """A path that leads to a GGUF file.

    Raises:
        ArtifactMissingError: there is no such file.
        UsageError: it is a folder.
        ModelLoadError: the file does not begin as a GGUF does, or cannot be read.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give the .gguf file in it.")
    try:
        with path.open("rb") as file:
            magic = file.read(len(_GGUF_MAGIC))
    except FileNotFoundError as error:
        raise ArtifactMissingError(f"There is no file {path}.", hint="Check the path.") from error
    except OSError as error:
        raise ModelLoadError(f"{path} cannot be read: {error.strerror}.", hint="Check its permissions.") from error
    if magic != _GGUF_MAGIC:
        raise ModelLoadError(
            f"{path} is not a GGUF file (it begins with {magic!r}).",
            hint="Give a model in GGUF format; llama.cpp's convert_hf_to_gguf.py makes one.",
        )
    return path


def _looks_like_path(text: str) -> bool:
    return os.sep in text or text.lower().endswith(".gguf") or text.startswith("~") or Path(text).is_file()


def _record(model: Registered) -> ModelRecord:
    path = Path(model.path)
    return ModelRecord(model.name, path, model.size_bytes, model.sha256, model.origin, path.is_file())
