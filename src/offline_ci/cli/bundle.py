"""``offline-ci bundle``: the whole program in one file, for machines without a network."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from offline_ci.cli.format import duration, size
from offline_ci.cli.terminal import neutral_line
from offline_ci.errors import ArtifactError

if TYPE_CHECKING:
    from offline_ci.bundle.head.main import Console

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class ByteCount(click.ParamType[int]):
    """A number of bytes such as ``4G``, in decimal units."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See ``click.ParamType``."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", str(value).strip(), re.IGNORECASE)
        if match is None:
            self.fail(f"{value!r} is no size: give for example 4G or 700M", param, ctx)
        return int(float(match[1]) * _UNITS[match[2].upper()])


@click.group("bundle", short_help="The whole program in one file, for a machine without a network.")
def command() -> None:
    """The whole program in one file, for a machine without a network.

    On the other side the file needs nothing but Python: `python3 offline-ci.bundle verify`, `… install`.
    """


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--model", "models", metavar="NAME", multiple=True, help="Carry this model. Repeatable; by default the default one."
)
@click.option("--no-model", is_flag=True, help="Carry no model.")
@click.option(
    "--image",
    "images",
    metavar="NAME",
    multiple=True,
    help="Carry this image of the sandbox. Repeatable; by default all.",
)
@click.option(
    "--platform", "target", metavar="NAME", help="For which machines; only this machine's own can be made here."
)
@click.option(
    "--split", "part_bytes", metavar="SIZE", type=ByteCount(), help="Split into parts of at most SIZE, such as 4G."
)
@click.option(
    "--sign", "secret_key", metavar="KEY", type=click.Path(path_type=Path), help="Sign with this minisign key."
)
@click.option("--force", is_flag=True, help="Replace a bundle that is there.")
def create(
    file: Path,
    models: tuple[str, ...],
    no_model: bool,
    images: tuple[str, ...],
    target: str | None,
    part_bytes: int | None,
    secret_key: Path | None,
    force: bool,
) -> None:
    """Write a bundle for machines like this one: same system, processor architecture and Python.

    It carries this program, its packages, the runtime, the images and the models, with licences and a list of
    components. The same contents give the same bytes. Nothing is fetched.
    """
    from offline_ci.bundle.create import Choice, check_platform, create

    if models and no_model:
        raise click.UsageError("--model and --no-model exclude each other")
    check_platform(target)
    begin = time.monotonic()
    choice = Choice(() if no_model else models or None, images or None, part_bytes, force)
    with _console() as console:
        bundle = create(file, choice, console.say, console.progress)
        files = bundle.files()
        if secret_key is not None:
            from offline_ci.bundle.signing import sign

            files += sign(files, secret_key)
    click.echo(f"{size(sum(path.stat().st_size for path in files))} in {duration(time.monotonic() - begin)}:")
    for path in files:
        click.echo(f"  {neutral_line(str(path))}")
    click.echo(f"On the other side: python{bundle.manifest.python} {neutral_line(file.name)} install")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "public_key", metavar="KEY", help="Also check the signature with this minisign key or key file.")
def verify(file: Path, public_key: str | None) -> None:
    """Check every byte of a bundle against its manifest. Exit status 4 where something is missing or damaged."""
    from offline_ci.bundle.head.payload import Bundle

    with _console() as console:
        bundle = Bundle(file)
        if public_key is not None:
            from offline_ci.bundle import signing

            signing.verify(bundle.files(), public_key)
        bundle.check(console.progress)
    manifest = bundle.manifest
    click.echo(f"Intact: {len(manifest.members)} files, {size(manifest.payload_size)}.")
    if public_key is not None:
        click.echo("The signature is this key's.")
    click.echo(f"For {manifest.machine.system} on {manifest.machine.machine} with Python {manifest.python}.")


_prefix = click.option("--prefix", metavar="DIR", type=click.Path(path_type=Path), help="Where (default: ~/.local).")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@_prefix
@click.option("--downgrade", is_flag=True, help="Replace a newer version.")
def install(file: Path, prefix: Path | None, downgrade: bool) -> None:
    """Install a bundle, as `python3 FILE install` does. Everything is checked before anything is changed."""
    from offline_ci.bundle.head.install import install
    from offline_ci.bundle.head.layout import Layout, default_prefix
    from offline_ci.bundle.head.payload import Bundle

    layout = Layout((prefix or default_prefix()).expanduser().resolve())
    with _console() as console:
        program = install(Bundle(file), layout, console.say, console.progress, downgrade=downgrade)
    click.echo(f"Installed: {neutral_line(str(program))}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def copy(file: Path, folder: Path) -> None:
    """Copy a bundle with all its parts; a copy that broke off goes on. What arrived is checked."""
    from offline_ci.bundle.head.copying import copy
    from offline_ci.bundle.head.payload import Bundle

    with _console() as console:
        copies = copy(Bundle(file), folder, console.progress)
    for path in copies:
        click.echo(neutral_line(str(path)))


@command.command()
@_prefix
@click.option("--keep-files", is_flag=True, help="Leave models and runtime where they are.")
def remove(prefix: Path | None, keep_files: bool) -> None:
    """Remove what a bundle installed. Files of your own, sessions and models that you added stay."""
    from offline_ci.bundle.head.install import remove
    from offline_ci.bundle.head.layout import Layout, default_prefix

    with _console():
        kept = remove(Layout((prefix or default_prefix()).expanduser().resolve()), keep_files=keep_files)
    for path in kept:
        click.echo(f"Kept, since it is not as it was installed: {neutral_line(path)}")
    click.echo("Removed.")


@contextmanager
def _console() -> Iterator[Console]:
    """What the bundle itself tells, with its errors as ours."""
    from offline_ci.bundle.head.errors import BundleError
    from offline_ci.bundle.head.main import Console

    try:
        yield Console()
    except BundleError as error:
        raise ArtifactError(error.message, hint=error.hint) from error
