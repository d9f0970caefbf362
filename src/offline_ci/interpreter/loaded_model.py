"""The model of a session, which can be exchanged for another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.errors import UnknownModelError
from offline_ci.llm.base import CodeModel
from offline_ci.llm.llama_options import LlamaOptions

GpuLayers = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """How GGUF files are loaded; see ``LlamaCppModel``."""

    n_ctx: int | None = None
    gpu_layers: GpuLayers = "auto"
    seed: int | None = None
    llama: LlamaOptions | None = None


@dataclass(frozen=True, slots=True)
class ModelReference:
    """How a model was found.

    Attributes:
        name: of the catalogue or the store, or its file's.
        path: of its file.
    """

    name: str
    path: str


class LoadedModel:
    """Holds a model; one that it loaded itself it also frees.

    Args:
        source: a verified file, or a model that is ready.
        settings: how files are loaded, this one and later ones.

    Raises:
        ModelLoadError: the file cannot be loaded.
    """

    def __init__(self, source: ResolvedModel | CodeModel, settings: LoadSettings) -> None:
        self._settings = settings
        self._source = source
        self.model = self._open(source)

    def exchange(self, source: ResolvedModel | CodeModel) -> None:
        """Hold another model.

        The old one is freed first, since two may not fit into memory; where the new one cannot be loaded, the old one
        comes back.

        Raises:
            ModelLoadError: the new one cannot be loaded.
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
        return ModelReference(source.name, str(source.path)) if isinstance(source, ResolvedModel) else None

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if isinstance(self._source, ResolvedModel):
            self.model.close()

    def _open(self, source: ResolvedModel | CodeModel) -> CodeModel:
        if not isinstance(source, ResolvedModel):
            return source
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


def find_again(reference: ModelReference) -> ResolvedModel:
    """The model of a session that was saved: by its name, or where its file was.

    Raises:
        ModelError, ArtifactError: it is missing or damaged.
    """
    store = ModelStore()
    try:
        return store.resolve(reference.name)
    except UnknownModelError:
        return store.resolve(reference.path)


def find_model(model: str | Path | CodeModel | None) -> ResolvedModel | CodeModel:
    """The same for what may be a model already.

    Raises:
        ModelError, ArtifactError: it is unknown, missing or damaged.
    """
    return model if isinstance(model, CodeModel) else resolve_model(model)
