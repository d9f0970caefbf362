"""``offline-ci runtime``: the sandbox's runtime on this machine."""

from __future__ import annotations

import time

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.format import duration, size
from offline_ci.cli.options import source_option
from offline_ci.cli.runtime_packages import add, packages, remove
from offline_ci.cli.terminal import neutral_line
from offline_ci.errors import ArtifactError


@click.group("runtime", short_help="The sandbox's runtime: fetch, build, info, verify, packages, add, remove.")
def command() -> None:
    """The sandbox's runtime: CPython and its packages as WebAssembly, compiled for this machine."""


@command.command()
@source_option
def fetch(source: str | None) -> None:
    """Get the pinned distribution, unless it is here and intact."""
    from offline_ci.artifacts.fetch import FetchConfig, fetch_runtime
    from offline_ci.cli.progress import reporter

    config = FetchConfig.from_env(source)
    with reporter() as progress:
        fetch_runtime(progress, config=config)
    click.echo("The runtime's files are here and verified. `offline-ci runtime build` builds it.")


@command.command()
def build() -> None:
    """Build the runtime and its images for this machine, unless that is done.

    An image is a Python that has imported its packages already; sandboxes start from one in milliseconds. Where one
    cannot be built, the reason is told, and sandboxes work all the same. An interrupted build goes on where it stopped.
    """
    from offline_ci.cli.progress import reporter
    from offline_ci.llm._hardware import available_memory_bytes
    from offline_ci.pyodide.build import build_runtime
    from offline_ci.sandbox.image_build import build_images

    begin = time.monotonic()
    with reporter() as progress:
        runtime = build_runtime(progress)
        index = build_images(runtime, progress, available_bytes=available_memory_bytes())
    where = f"{neutral_line(str(runtime.folder))} ({size(runtime.size_bytes)})"
    click.echo(f"The runtime is built: {where}, {duration(time.monotonic() - begin)}.")
    images = ", ".join(f"{name} ({size(image.code.size)})" for name, image in index.images.items())
    click.echo(f"Images: {images or 'none'}.")


@command.command()
def info() -> None:
    """Tell which runtime is built, from what, and how long each step took."""
    from offline_ci.artifacts.additions import read_additions
    from offline_ci.artifacts.store import Store
    from offline_ci.pyodide.installed import installed_runtime
    from offline_ci.snapshot.image_index import read_index

    runtime = installed_runtime()
    added = ", ".join(f"{addition.name} {addition.version}" for addition in read_additions(Store().root))
    images = read_index(runtime.folder).images
    rows = [
        ("folder", neutral_line(str(runtime.folder))),
        ("size", size(runtime.size_bytes)),
        *runtime.versions.items(),
        ("packages", str(len(runtime.packages))),
        *([("added", neutral_line(added))] if added else []),
        ("libraries", str(len(runtime.library_paths))),
        *((f"image: {name}", size(image.code.size)) for name, image in images.items()),
        *((f"time: {step}", duration(seconds)) for step, seconds in runtime.build_seconds.items()),
        *(
            (f"time: image {name}, {step}", duration(seconds))
            for name, image in images.items()
            for step, seconds in image.seconds.items()
        ),
    ]
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        click.echo(f"{label.ljust(width)}  {value}")


@command.command()
def verify() -> int:
    """Read every file of the runtime and check it against its sha256. Exit status 4 where one is missing or damaged."""
    from offline_ci.artifacts.runtime import runtime_missing
    from offline_ci.pyodide.installed import installed_runtime
    from offline_ci.snapshot.images import damaged_images

    status = ExitCode.DONE
    missing = runtime_missing()
    if missing:
        names = ", ".join(spec.filename for spec in missing[:5]) + (", …" if len(missing) > 5 else "")
        click.echo(f"Fetched files: {len(missing)} missing or damaged ({names}). Run `offline-ci runtime fetch`.")
        status = ExitCode.ARTIFACT
    else:
        click.echo("Fetched files: all here and intact.")
    try:
        runtime = installed_runtime()
        runtime.check_all(reread=True)
        damaged = damaged_images(runtime, reread=True)
    except ArtifactError as error:
        click.echo(f"Built runtime: {neutral_line(str(error))}")
        return ExitCode.ARTIFACT
    click.echo("Built runtime: intact.")
    for name, reason in damaged.items():
        click.echo(f"Image {name}: {neutral_line(str(reason))}")
        status = ExitCode.ARTIFACT
    return status


command.add_command(packages)
command.add_command(add)
command.add_command(remove)
