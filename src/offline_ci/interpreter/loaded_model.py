"""The model of a session, which can be exchanged for another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.errors import UnknownModelError
from offline_ci.llm.base import CodeModel
from offline_ci.llm.llama_options import LlamaOptions

if TYPE_CHECKING:
    from offline_ci.llm.server_http import ServerAddress

GpuLayers = int | Literal["auto"]
_SERVER: Final = ("http://", "https://")


Source: TypeAlias = "ResolvedModel | ServerAddress | CodeModel"
"""Where a model comes from."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """How models are loaded; see ``LlamaCppModel`` and ``ServerModel``."""

    n_ctx: int | None = None
    gpu_layers: GpuLayers = "auto"
    seed: int | None = None
    llama: LlamaOptions | None = None


@dataclass(frozen=True, slots=True)
class ModelReference:
    """How a model was found.

    Attributes:
        name: of the catalogue or the store, or its file's, or the server's.
        path: of its file, or the address of its server.
    """

    name: str
    path: str


class LoadedModel:
    """Holds a model; one that it loaded itself it also frees.

    Args:
        source: a verified file, a server, or a model that is ready.
        settings: how models are loaded, this one and later ones.

    Raises:
        ModelLoadError: the file cannot be loaded.
        ModelServerError: the server does not answer as it should.
        UsageError: the server has several models, and none was named.
    """

    def __init__(self, source: Source, settings: LoadSettings) -> None:
        self._settings = settings
        self._source = source
        self.model = self._open(source)

    def exchange(self, source: Source) -> None:
        """Hold another model.

        The old one is freed first, since two may not fit into memory; where the new one cannot be loaded, the old one
        comes back.

        Raises:
            ModelLoadError, ModelServerError, UsageError: the new one cannot be loaded.
        """
        self.close()
        try:
            self.model = self._open(source)
        except BaseException:
            self.model = self._open(self._source)
            raise
        self._source = source

    @property
    def reference(self) -> ModelReference | None:
        """How to find it again; None for a model that was ready."""
        source = self._source
        if isinstance(source, ResolvedModel):
            return ModelReference(source.name, str(source.path))
        return None if isinstance(source, CodeModel) else ModelReference(self.model.info.name, source.text)

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if not isinstance(self._source, CodeModel):
            self.model.close()

    def _open(self, source: Source) -> CodeModel:
        if isinstance(source, CodeModel):
            return source
        if not isinstance(source, ResolvedModel):
            from offline_ci.llm.server import ServerModel

            return ServerModel(source, n_ctx=self._settings.n_ctx, seed=self._settings.seed)
        # a second of imports that a scripted model needs not
        from offline_ci.llm.llama_cpp import LlamaCppModel, try_out

        try_out(source)
        return LlamaCppModel(
            source.path,
            name=source.name,
            sha256=source.sha256,
            n_ctx=self._settings.n_ctx,
            gpu_layers=self._settings.gpu_layers,
            seed=self._settings.seed,
            options=self._settings.llama,
        )


def resolve_model(model: str | Path | None) -> ResolvedModel:
    """The verified file of a model by name, path or ``hf:REPO/FILE``; None is the default model.

    Raises:
        ModelError, ArtifactError: it is unknown, missing or damaged.
    """
    store = ModelStore()
    return store.resolve(store.default() if model is None else str(model))


def is_address(model: str) -> bool:
    """Whether a model is named by the address of a server."""
    return model.startswith(_SERVER)


def resolve_address(text: str, *, allow_remote: bool) -> ServerAddress:
    """The address of a server; whether it answers shows when the model is opened.

    Raises:
        UsageError: it is none, or on another machine, and that is not allowed.
    """
    from offline_ci.llm.server_http import parse_address  # the network's modules, for nobody else

    return parse_address(text, allow_remote=allow_remote)


def find_again(reference: ModelReference, *, allow_remote: bool = False) -> ResolvedModel | ServerAddress:
    """The model of a session that was saved: by its name, or where its file or its server was.

    Raises:
        ModelError, ArtifactError: it is missing or damaged.
        UsageError: its server is on another machine, and that is not allowed.
    """
    if is_address(reference.path):
        return resolve_address(reference.path, allow_remote=allow_remote)
    store = ModelStore()
    try:
        return store.resolve(reference.name)
    except UnknownModelError:
        return store.resolve(reference.path)


def find_model(model: str | Path | CodeModel | None, *, allow_remote: bool = False) -> Source:
    """The same as ``resolve_model`` for what may be a server's address, or a model already.

    Raises:
        ModelError, ArtifactError: it is unknown, missing or damaged.
        UsageError: an address is none, or on another machine, and that is not allowed.
    """
    if isinstance(model, CodeModel):
        return model
    if isinstance(model, str) and is_address(model):
        return resolve_address(model, allow_remote=allow_remote)
    return resolve_model(model)
