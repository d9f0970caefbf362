"""The catalogue of models: names, digests, sources. ``models/catalog.toml``, read strictly."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from offline_ci import _env
from offline_ci.artifacts.lockfile import read_text
from offline_ci.artifacts.source_tables import Packages, parse_packages, parse_sources
from offline_ci.artifacts.specs import MODELS, ArtifactSpec
from offline_ci.artifacts.tables import Table
from offline_ci.errors import LockfileError

SCHEMA: Final = 1
MODEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that the catalogue offers.

    Attributes:
        spec: its file; ``spec.name`` is the catalogue's name.
        description: one sentence.
        parameters: for example ``1.5B``.
        quantisation: for example ``Q4_K_M``.
    """

    spec: ArtifactSpec
    description: str
    parameters: str
    quantisation: str


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
    filenames = [model.spec.filename for model in models.values()]
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
    spec = ArtifactSpec(
        name=name,
        filename=table.filename("file"),
        size_bytes=table.size("bytes"),
        sha256=table.sha256("sha256"),
        licence=table.text("licence"),
        sources=parse_sources(table.tables("sources"), packages),
        folder=MODELS,
        role="model",
    )
    model = CatalogModel(spec, table.text("description"), table.text("parameters"), table.text("quantisation"))
    table.close()
    return model
