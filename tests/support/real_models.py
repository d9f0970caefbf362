"""The real models that tests load. A missing one is a failure that names the command which gets it."""

from offline_ci.artifacts.models import ModelStore, ResolvedModel

SMALL = "smollm2-135m-instruct"
"""98 MB, answers nonsense quickly: for everything but the quality of answers."""


def small() -> ResolvedModel:
    """The small model's verified file."""
    return ModelStore().resolve(SMALL)


def default() -> ResolvedModel:
    """The default model's verified file."""
    store = ModelStore()
    return store.resolve(store.default())
