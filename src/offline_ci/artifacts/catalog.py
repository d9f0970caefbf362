"""The catalogue of models: names, digests, sources. ``models/catalog.toml``, read strictly."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from offline_ci import _env
from offline_ci.artifacts.hub_names import PREFIX
from offline_ci.artifacts.lockfile import read_text
from offline_ci.artifacts.source_tables import Packages, parse_packages, parse_sources
from offline_ci.artifacts.specs import MODELS, ArtifactSpec, Hub
from offline_ci.artifacts.tables import Table
from offline_ci.errors import LockfileError

SCHEMA: Final = 1
MODEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")


_PARAMETERS: Final = r"[0-9]+(\.[0-9]+)?[MB]"
_MILLIONS: Final = {"M": 1.0, "B": 1000.0}


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A file of the hub whose digest is published nowhere in reach: its first pull pins it to what the hub states.

    Attributes:
        hub: where it is.
        about_bytes: its size, an estimate until then.
        licence: as in ``ArtifactSpec``.
    """

    hub: Hub
    about_bytes: int
    licence: str

    @property
    def hub_name(self) -> str:
        """``hf:REPO/FILE``."""
        return f"{PREFIX}{self.hub.repo_id}/{self.hub.filename}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model costs, as far as its publisher tells.

    Attributes:
        n_ctx_train: tokens of context that it was trained for.
        kv_bytes_per_token: cache that one token of context takes at 16 bits.
        active_share: part of the weights that is read for one token; 1 but for mixtures of experts.
    """

    n_ctx_train: int
    kv_bytes_per_token: int
    active_share: float


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that the catalogue offers.

    Attributes:
        spec: its file.
        description: one sentence.
        parameters: for example ``1.5B``.
        quantisation: for example ``Q4_K_M``.
        figures: what it costs.
        humaneval: published pass@1 of the unquantised weights, in percent; None where none was found.
        humaneval_source: who published that.
    """

    spec: ArtifactSpec | Unpinned
    description: str
    parameters: str
    quantisation: str
    figures: Figures
    humaneval: float | None = None
    humaneval_source: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """The parsed catalogue.

    Attributes:
        default: name of the model that is used where none is named.
        models: by name, in the file's order.
    """

    default: str
    models: dict[str, CatalogModel]


def load_catalog(path: Path) -> Catalog:
    """Read a catalogue.

    Raises:
        LockfileError: it cannot be read, or is not as it must be.
    """
    return parse_catalog(read_text(path), file=path.name)


def parse_catalog(text: str, *, file: str) -> Catalog:
    """Parse the text of a catalogue; ``file`` is its name, for messages.

    Raises:
        LockfileError: the text is not as it must be.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise LockfileError(f"{file}: this is not TOML: {error}.", hint="Restore the file.") from error
    top = Table(data, file=file)
    top.check_schema(SCHEMA)
    default = top.text("default")
    packages = parse_packages(top.table("packages"))
    models = {name: _parse_model(name, table, packages) for name, table in top.table("models").named_tables()}
    top.close()
    if default not in models:
        raise top.error("default", f"is {default!r}, which is not among the models")
    filenames = [model.spec.filename for model in models.values() if isinstance(model.spec, ArtifactSpec)]
    for filename in filenames:
        if filenames.count(filename) > 1:
            raise top.error("models", f"has two models in the file {filename!r}")
    return Catalog(default, models)


@cache
def catalog() -> Catalog:
    """The catalogue that ships with this version.

    Raises:
        LockfileError: it cannot be read, or is not as it must be.
    """
    return load_catalog(_env.data_file("models/catalog.toml"))


def _parse_model(name: str, table: Table, packages: Packages) -> CatalogModel:
    if not MODEL_NAME.fullmatch(name):
        raise table.error("", "is no model name: lower-case letters, digits, '.', '_' and '-'")
    spec = _parse_spec(name, table, packages)
    description, parameters = table.text("description"), table.matching("parameters", _PARAMETERS, "a number like 1.5B")
    active = parameters
    if "active_parameters" in table:
        active = table.matching("active_parameters", _PARAMETERS, "a number like 1.5B")
    model = CatalogModel(
        spec,
        description,
        parameters,
        table.text("quantisation"),
        Figures(
            table.count("n_ctx_train"), table.count("kv_bytes_per_token"), _millions(active) / _millions(parameters)
        ),
        table.percentage("humaneval") if "humaneval" in table else None,
        table.text("humaneval_source") if "humaneval" in table else "",
    )
    table.close()
    return model


def _parse_spec(name: str, table: Table, packages: Packages) -> ArtifactSpec | Unpinned:
    filename, licence = table.filename("file"), table.text("licence")
    sources = parse_sources(table.tables("sources"), packages)
    if "about_bytes" in table:
        (hub,) = sources if len(sources) == 1 else (None,)
        if not isinstance(hub, Hub):
            raise table.error("sources", "must be the hub alone where there is no sha256")
        return Unpinned(hub, table.size("about_bytes"), licence)
    return ArtifactSpec(
        name=name,
        filename=filename,
        size_bytes=table.size("bytes"),
        sha256=table.sha256("sha256"),
        licence=licence,
        sources=sources,
        folder=MODELS,
        role="model",
    )


def _millions(parameters: str) -> float:
    return float(parameters[:-1]) * _MILLIONS[parameters[-1]]
