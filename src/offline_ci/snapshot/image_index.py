"""Which images a runtime has: ``images/index.json`` in its folder.

An image is listed when its files are complete and were checked; without the list a file there means nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from offline_ci.artifacts.files import write_atomically
from offline_ci.errors import ArtifactError
from offline_ci.pyodide.installed import BUILD_HINT
from offline_ci.pyodide.manifest import StoredFile

FOLDER = "images"
_INDEX = f"{FOLDER}/index.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image of a runtime.

    Attributes:
        key: identifies what it was made from.
        memory_bytes: linear memory of a guest that starts from it.
        code: the compiled module, memory inside.
        description: an ``ImageDescription``.
        seconds: how long each step of its build took; empty where an earlier build made it.
    """

    key: str
    memory_bytes: int
    code: StoredFile
    description: StoredFile
    seconds: dict[str, float] = field(compare=False)


@dataclass(frozen=True, slots=True)
class ImageIndex:
    """The images of a runtime by name, the default one first, and why others could not be built."""

    images: Mapping[str, StoredImage] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)


def read_index(runtime_folder: Path) -> ImageIndex:
    """The list of a runtime's images; an empty one where none was ever built.

    Raises:
        ArtifactError: the list is damaged.
    """
    path = runtime_folder / _INDEX
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != _FORMAT:
            return ImageIndex()  # of another version of ours
        images = {name: _read_image(entry) for name, entry in document["images"].items()}
        return ImageIndex(images, dict(document["failures"]))
    except FileNotFoundError:
        return ImageIndex()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ArtifactError(f"The runtime's {path} is damaged: {error}.", hint=BUILD_HINT) from error


def write_index(runtime_folder: Path, index: ImageIndex) -> None:
    """Replace the list in one step."""
    write_atomically(runtime_folder / _INDEX, index_json(index))


def index_json(index: ImageIndex) -> str:
    """The list as it is written."""
    images = {
        name: {**asdict(image), "code": image.code.to_json(), "description": image.description.to_json()}
        for name, image in index.images.items()
    }
    document = {"format": _FORMAT, "images": images, "failures": dict(index.failures)}
    return json.dumps(document, separators=(",", ":"))


def _read_image(entry: dict[str, Any]) -> StoredImage:
    files = {key: StoredFile(*entry[key]) for key in ("code", "description")}
    return StoredImage(**{**entry, **files})
