"""The images of a runtime, ready to start guests from."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.engine.compile_cache import load_compiled
from offline_ci.engine.config import shared_engine
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.prelinked import PrelinkedModule
from offline_ci.errors import ArtifactError, UsageError
from offline_ci.pyodide import boot
from offline_ci.pyodide.installed import BUILD_HINT, InstalledRuntime
from offline_ci.snapshot.base import Base, ImageBase, PlainBase
from offline_ci.snapshot.image_format import ImageDescription
from offline_ci.snapshot.image_index import ImageIndex, StoredImage, read_index

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "plain"


def find_base(runtime: InstalledRuntime, name: str | None, memory_bytes: int) -> Base:
    """What a guest starts from.

    Args:
        runtime: whose images.
        name: an image's; ``plain`` for a Python that has imported nothing; None for the default image, or for
            ``plain`` where there is none that is intact and fits.
        memory_bytes: limit of the guest's linear memory.

    Raises:
        UsageError: there is no image of that name, or it does not fit the limit.
        ArtifactMissingError, DigestMismatchError: a file of the named image is gone or damaged.
    """
    if name == PLAIN:
        return PlainBase(runtime)
    if name is not None:
        return _named(runtime, name, memory_bytes)
    try:
        index = read_index(runtime.folder)
        default = next(iter(index.images.items()), None)
        if default is not None and default[1].memory_bytes <= memory_bytes:
            return _load(runtime, *default)
    except ArtifactError:  # `doctor` tells
        pass
    return PlainBase(runtime)


def prepare(runtime: InstalledRuntime, memory_bytes: int) -> None:
    """Load and map what guests start from by default (see ``find_base``), so that the first starts like the others."""
    if isinstance(find_base(runtime, None, memory_bytes), PlainBase):
        boot.prepare(runtime)
    runtime.rootfs_index()


def _named(runtime: InstalledRuntime, name: str, memory_bytes: int) -> Base:
    index = read_index(runtime.folder)
    image = index.images.get(name)
    if image is None:
        raise _unknown(name, index)
    if image.memory_bytes > memory_bytes:
        raise UsageError(
            f"The image {name} has {image.memory_bytes >> 20} MiB of memory, more than the limit of "
            f"{memory_bytes >> 20} MiB.",
            hint="Raise the memory limit, or choose the image plain.",
        )
    return _load(runtime, name, image)


def _unknown(name: str, index: ImageIndex) -> UsageError:
    from offline_ci.snapshot.image_recipes import image_recipes  # a TOML reader, for the message alone

    recipes = image_recipes()
    if name in index.failures:
        return UsageError(
            f"The image {name} could not be built: {index.failures[name]}", hint="Run `offline-ci doctor`."
        )
    if name in recipes:
        return UsageError(f"The image {name} has not been built.", hint="Run: offline-ci runtime build")
    return UsageError(f"There is no image {name}.", hint=f"There are: {', '.join([*recipes, PLAIN])}.")


@functools.cache
def _load(runtime: InstalledRuntime, name: str, image: StoredImage) -> ImageBase:
    """Kept for the life of the process."""
    code, description = runtime.checked(image.code), runtime.checked(image.description)
    try:
        described = ImageDescription.from_json(description.read_bytes())
    except (OSError, ValueError) as error:
        raise ArtifactError(f"The image's {description} is damaged: {error}.", hint=BUILD_HINT) from error
    return link_image(runtime, name, code, described)


def link_image(runtime: InstalledRuntime, name: str, code: Path, description: ImageDescription) -> ImageBase:
    """An image from its parts.

    Args:
        runtime: further libraries come from there.
        name: the image's.
        code: its compiled module, verified: wasmtime trusts it.
        description: the rest.

    Raises:
        RuntimeBuildError: the code was compiled for another machine.
    """
    module = load_compiled(code)
    return ImageBase(
        runtime=runtime,
        name=name,
        fresh=description.fresh,
        module=PrelinkedModule(HostLinker(shared_engine(), module, HOST_FUNCTIONS), module, description.host_functions),
        prefixes=description.prefixes,
        signal_ptrs=description.signal_ptrs,
    )


def damaged_images(runtime: InstalledRuntime, *, reread: bool = False) -> dict[str, ArtifactError]:
    """What is wrong with images that are listed, by name.

    Args:
        runtime: whose images.
        reread: see ``InstalledRuntime.checked``.

    Raises:
        ArtifactError: the list itself is damaged.
    """
    damaged: dict[str, ArtifactError] = {}
    for name, image in read_index(runtime.folder).images.items():
        try:
            for file in (image.code, image.description):
                runtime.checked(file, reread=reread)
        except ArtifactError as error:
            damaged[name] = error
    return damaged
