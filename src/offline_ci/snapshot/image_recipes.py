"""Which images there are to be: ``wasm_runtime/images.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from offline_ci import _env
from offline_ci.errors import LockfileError

_RECIPES = "wasm_runtime/images.toml"


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """What an image is to be.

    Attributes:
        name: as ``--image`` takes it.
        summary: what it has imported, for people.
        warm_up: functions of ``offline_ci_guest.warmup`` that are called before it is captured.
        build_memory_bytes: memory of this machine that building it takes.
        packages: names of the packages that are imported then, entirely or in part.
    """

    name: str
    summary: str
    warm_up: tuple[str, ...]
    build_memory_bytes: int
    packages: tuple[str, ...]


def image_recipes() -> dict[str, ImageRecipe]:
    """All images that ``runtime build`` makes, by name; the first one is the default.

    Raises:
        LockfileError: the list is damaged.
    """
    path = _env.data_file(_RECIPES)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["image"]
        lists = ("warm_up", "packages")
        recipes = [ImageRecipe(**{**entry, **{name: tuple(entry[name]) for name in lists}}) for entry in entries]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise LockfileError(f"{path} cannot be read: {error}.", hint="Install offline-ci again.") from error
    return {recipe.name: recipe for recipe in recipes}
