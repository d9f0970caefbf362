"""Where a run's model comes from: a file of the store, or a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from offline_ci.artifacts.models import ResolvedModel
from offline_ci.errors import UsageError
from offline_ci.interpreter.loaded_model import is_address, resolve_address, resolve_model
from offline_ci.llm.base import CodeModel, ModelInfo

if TYPE_CHECKING:
    from offline_ci.llm.server import ServerModel
    from offline_ci.llm.server_http import ServerAddress


def find_source(name: str | None, engine: str, *, allow_remote: bool) -> ResolvedModel | ServerAddress:
    """The model of a name, path or address; None is the default one.

    Raises:
        ModelError, ArtifactError: it is unknown, missing or damaged.
        UsageError: an address is none, of another machine, or of no use to the engine.
    """
    if name is None or not is_address(name):
        return resolve_model(name)
    if engine == "ray":
        raise UsageError("The nodes of a Ray cluster do not share a server.", hint="Use --jobs without --engine ray.")
    return resolve_address(name, allow_remote=allow_remote)


def facts_of(
    source: ResolvedModel | ServerAddress, ready: Sequence[CodeModel]
) -> tuple[ModelInfo, dict[str, str] | None, int]:
    """Which model it is, where its server is (None for a file), and how many bytes its file has (0 for a server).

    Args:
        source: where it comes from.
        ready: it, as often as it was opened here.
    """
    if isinstance(source, ResolvedModel):
        info = ready[0].info if ready else ModelInfo(source.name, source.sha256, n_ctx=0, gpu_layers=0)
        return info, None, source.size_bytes
    model = cast("ServerModel", ready[0])  # see ``run.loaded``
    return model.info, model.description, 0
