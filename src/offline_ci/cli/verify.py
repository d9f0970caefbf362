"""``offline-ci verify``: everything that is installed, read again byte by byte."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.options import json_option
from offline_ci.cli.terminal import neutral_line
from offline_ci.errors import ArtifactError, OfflineCIError


@click.command("verify", short_help="Check every installed byte: program, packages, runtime, images, models.")
@json_option
def command(as_json: bool) -> int:
    """Check every installed byte: this program and its packages, the runtime, its images, and the models.

    What a bundle installed is compared with the bundle's manifest, everything else with the lock files, the list of
    added packages and the packages' own records. Exit status 4 where something is missing, changed or foreign.
    """
    problems: dict[str, list[str]] = {}
    for what, check in _CHECKS.items():
        found = problems[what] = list(check())
        if not as_json:
            for problem in found:
                click.echo(f"{what}: {neutral_line(problem)}")
            if not found:
                click.echo(f"{what}: intact")
    intact = not any(problems.values())
    if as_json:
        click.echo(json.dumps({"intact": intact, "problems": problems}))
    return ExitCode.DONE if intact else ExitCode.ARTIFACT


def _program() -> Iterator[str]:
    from offline_ci.bundle.head import installed
    from offline_ci.bundle.head.errors import BundleError

    try:
        there = installed.read(Path(sys.prefix))
    except BundleError as error:
        yield str(error)
        return
    yield from there.problems() if there is not None else _packages()


def _packages() -> Iterator[str]:
    from offline_ci.bundle.wheels import changed_files, needed_packages

    try:
        for package in needed_packages():
            yield from changed_files(package)
    except ArtifactError as error:
        yield str(error)


def _distribution() -> Iterator[str]:
    from offline_ci.artifacts.additions import home_lock
    from offline_ci.artifacts.digest import Digest, digest_file
    from offline_ci.artifacts.store import Store

    store = Store()
    try:
        files = home_lock(store.root).files
    except ArtifactError as error:
        yield str(error)
        return
    for spec in files:
        path = store.path(spec)
        if not path.is_file():
            yield f"{path} is missing. Run `{spec.mend}`."
        elif digest_file(path) != Digest(spec.sha256, spec.size_bytes):
            yield f"{path} is not as pinned. Remove it and run `{spec.mend}`."


def _runtime() -> Iterator[str]:
    from offline_ci.pyodide.installed import installed_runtime
    from offline_ci.snapshot.images import damaged_images

    try:
        runtime = installed_runtime()
        runtime.check_all(reread=True)
        yield from map(str, damaged_images(runtime, reread=True).values())
    except ArtifactError as error:
        yield str(error)


def _models() -> Iterator[str]:
    from offline_ci.artifacts.digest import Digest, digest_file
    from offline_ci.artifacts.models import ModelStore

    try:
        for record in ModelStore().list():
            if record.present and digest_file(record.path) != Digest(record.sha256, record.size_bytes):
                yield f"{record.path} is not the model {record.name}. Run `offline-ci models pull {record.name}`."
    except (OfflineCIError, OSError) as error:
        yield str(error)


_CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "Program and packages": _program,
    "Pinned distribution": _distribution,
    "Runtime and images": _runtime,
    "Models": _models,
}
