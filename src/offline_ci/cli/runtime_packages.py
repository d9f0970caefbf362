"""``offline-ci runtime packages``, ``add`` and ``remove``: what programs can import."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from offline_ci.cli.failure import say
from offline_ci.cli.format import duration, size, table
from offline_ci.cli.options import json_option, source_option
from offline_ci.cli.terminal import neutral_line

if TYPE_CHECKING:
    from offline_ci.artifacts.additions import Addition
    from offline_ci.cli.progress import Reporter
    from offline_ci.pyodide.manifest import Package
    from offline_ci.sandbox.package_change import Change, PackageChange

_ON_DEMAND = "on demand"

images_option = click.option(
    "--no-images",
    is_flag=True,
    help="Do not build the images, which takes minutes. Sandboxes start slower until `offline-ci runtime build`.",
)


@click.command()
@json_option
def packages(as_json: bool) -> None:
    """List what programs can import.

    LOADED names the smallest image in which a package is imported when a program starts; the others are imported on
    demand. FROM tells which are the distribution's and which were added: by name, or for one that was.
    """
    from packaging.utils import canonicalize_name

    from offline_ci.artifacts.additions import read_additions
    from offline_ci.artifacts.store import Store
    from offline_ci.pyodide.installed import installed_runtime
    from offline_ci.snapshot.image_recipes import image_recipes

    loaded = {name: image.name for image in reversed(image_recipes().values()) for name in image.packages}
    added = {addition.name: addition for addition in read_additions(Store().root)}
    found = sorted(installed_runtime().packages, key=lambda package: package.name.lower())
    mine = [(package, added.get(canonicalize_name(package.name))) for package in found]
    if as_json:
        rows = [_package_json(package, addition, loaded.get(package.name)) for package, addition in mine]
        click.echo(json.dumps({"packages": rows}, indent=1))
        return
    click.echo(
        table(
            ("PACKAGE", "VERSION", "IMPORT", "SIZE", "LOADED", "FROM", "LICENCE"),
            [
                (
                    neutral_line(package.name),
                    neutral_line(package.version),
                    ", ".join(package.import_names[:4]),
                    size(package.bytes),
                    loaded.get(package.name, _ON_DEMAND),
                    _origin(addition),
                    neutral_line(package.licence),
                )
                for package, addition in mine
            ],
        )
    )


@click.command()
@click.argument("words", metavar="NAME[==VERSION]|WHEEL|FOLDER...", nargs=-1, required=True)
@source_option
@images_option
@json_option
def add(words: tuple[str, ...], source: str | None, no_images: bool, as_json: bool) -> None:
    """Add packages to the runtime, with what they need.

    A NAME is looked for on the index that pip is configured to use; only wheels that are pure Python or built for this
    platform will do. A WHEEL (./x.whl) or a FOLDER of wheels needs no network: what they need is looked for beside them
    and in the runtime. A project's folder or source distribution is built first, by pip on this machine, where it is
    pure Python.

    Everything is checked, and each package is imported in the sandbox, before the new runtime takes the present one's
    place. What the distribution has is never exchanged. docs/packages.md tells more.
    """
    from offline_ci.artifacts.fetch import FetchConfig
    from offline_ci.cli.progress import reporter

    config = FetchConfig.from_env(source)
    with reporter() as progress:
        change = _change(progress, no_images=no_images).add(words, config)
    _tell(change, as_json=as_json)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@images_option
@json_option
def remove(names: tuple[str, ...], no_images: bool, as_json: bool) -> None:
    """Take added packages out of the runtime, with what was only there for them."""
    from offline_ci.cli.progress import reporter

    with reporter() as progress:
        change = _change(progress, no_images=no_images).remove(names)
    _tell(change, as_json=as_json)


def _change(progress: Reporter, *, no_images: bool) -> PackageChange:
    from offline_ci.llm._hardware import available_memory_bytes
    from offline_ci.sandbox.package_change import PackageChange

    return PackageChange(progress, recipes=[] if no_images else None, available_bytes=available_memory_bytes())


def _tell(change: Change, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_change_json(change), indent=1))
        return
    for note in change.notes:
        say(note)
    for what, packages_ in (("Removed", change.removed), ("Added", change.added)):
        for addition in packages_:
            why = "" if addition.requested else ", which others need"
            click.echo(
                f"{what}: {addition.name} {neutral_line(addition.version)} "
                f"({size(addition.size_bytes)}, {neutral_line(addition.licence)}){why}"
            )
    if not change.added and not change.removed:
        click.echo("Nothing had to be changed.")
        return
    click.echo(f"The runtime is {neutral_line(str(change.runtime.folder))}, {duration(change.seconds)}.")
    if not change.images:
        say("It has no images; `offline-ci runtime build` builds them.")


def _origin(addition: Addition | None) -> str:
    if addition is None:
        return "distribution"
    return "added" if addition.requested else "added for others"


def _package_json(package: Package, addition: Addition | None, image: str | None) -> dict[str, Any]:
    return {
        **package.to_json(),
        "loaded": image or _ON_DEMAND,
        "added": addition is not None,
        "requested": addition is not None and addition.requested,
        "origin": addition.origin if addition is not None else "distribution",
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "added": list(map(_addition_json, change.added)),
        "removed": list(map(_addition_json, change.removed)),
        "notes": list(change.notes),
        "runtime": {"build_id": change.runtime.build_id, "folder": str(change.runtime.folder)},
        "images": list(change.images),
        "seconds": round(change.seconds, 1),
    }


def _addition_json(addition: Addition) -> dict[str, Any]:
    return {
        "name": addition.name,
        "version": addition.version,
        "file": addition.filename,
        "sha256": addition.sha256,
        "bytes": addition.size_bytes,
        "licence": addition.licence,
        "origin": addition.origin,
        "requested": addition.requested,
    }
