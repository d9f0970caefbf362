"""Register the models that a bundle brought and no catalogue knows. Run by the installer in the new version."""

from __future__ import annotations

import json
import sys

from offline_ci.artifacts.model_registry import ModelRegistry, Registered
from offline_ci.artifacts.store import Store


def register(models: str) -> None:
    """Register models.

    Args:
        models: those of the manifest (``head.manifest.Model``), as a JSON array.
    """
    store = Store()
    for model in json.loads(models):
        path = str(store.root / model["target"])
        ModelRegistry(store).put(Registered(model["name"], path, model["sha256"], model["size"], model["origin"]))


if __name__ == "__main__":
    register(sys.argv[1])
