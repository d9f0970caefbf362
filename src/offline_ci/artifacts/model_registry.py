"""Models that the catalogue does not know: added by path or pulled from the hub. ``models/registry.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from offline_ci.artifacts.files import write_atomically
from offline_ci.artifacts.lockfile import read_text
from offline_ci.artifacts.store import Store
from offline_ci.artifacts.tables import Table

SCHEMA: Final = 1
_LOCATION: Final = "models/registry.json"


@dataclass(frozen=True, slots=True)
class Registered:
    """One registered model.

    Attributes:
        name: what it is called.
        path: absolute path of its file.
        sha256: of the file when it was registered.
        size_bytes: of the file when it was registered.
        origin: ``added`` where the file is the user's own, else the ``hf:REPO/FILE`` it was pulled from.
    """

    name: str
    path: str
    sha256: str
    size_bytes: int
    origin: str


class ModelRegistry:
    """The registered models of a store; changes exclude one another."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.root / _LOCATION

    def load(self) -> dict[str, Registered]:
        """Every registered model by name.

        Raises:
            LockfileError: the registry is damaged.
        """
        if not self._path.exists():
            return {}
        file = str(self._path)
        try:
            data = json.loads(read_text(self._path))
        except ValueError as error:
            raise Table({}, file=file).error("", f"is not JSON ({error}); move the file away") from error
        top = Table(data, file=file)
        top.check_schema(SCHEMA)
        models = {name: _parse(name, table) for name, table in top.table("models").named_tables()}
        top.close()
        return models

    def put(self, model: Registered) -> None:
        """Register a model, in place of one of the same name."""
        with self._store.lock("model-registry"):
            self._save({**self.load(), model.name: model})

    def drop(self, name: str) -> None:
        """Forget a model; its file stays."""
        with self._store.lock("model-registry"):
            self._save({key: model for key, model in self.load().items() if key != name})

    def _save(self, models: dict[str, Registered]) -> None:
        entries = {
            name: {key: value for key, value in asdict(model).items() if key != "name"}
            for name, model in models.items()
        }
        write_atomically(self._path, json.dumps({"schema": SCHEMA, "models": entries}, indent=1) + "\n")


def _parse(name: str, table: Table) -> Registered:
    model = Registered(name, table.text("path"), table.sha256("sha256"), table.size("size_bytes"), table.text("origin"))
    table.close()
    return model
