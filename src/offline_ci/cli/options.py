"""Options that several commands share, and the checks that come before anything slow."""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from offline_ci.errors import UsageError
from offline_ci.limits import ResourceLimits

if TYPE_CHECKING:
    from offline_ci.llm.llama_options import LlamaOptions


class Number(click.FloatRange):
    """A number in a range; ``nan``, which is in every range and in none, is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See ``click.ParamType``."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

MIN_MEMORY_MB = 64
MAX_MEMORY_MB = 4096


def files_option(function: F) -> F:
    """``-f FILE``, repeatable."""
    return click.option(
        "-f",
        "--file",
        "files",
        metavar="FILE",
        multiple=True,
        help="Offer a file to the program, read-only, under its own name. Repeatable.",
    )(function)


def output_option(function: F) -> F:
    """``-o DIR``."""
    return click.option(
        "-o",
        "--output",
        "output",
        metavar="DIR",
        default=".",
        help="Where files and pictures go (default: the current folder). A file that is in the way stays: the new one "
        "gets -1 added. Only a file given with -f that the program changed is replaced.",
    )(function)


def limit_options(function: F) -> F:
    """``--timeout`` and ``--memory``."""
    function = click.option(
        "--memory",
        "memory_mb",
        metavar="MB",
        type=click.IntRange(MIN_MEMORY_MB, MAX_MEMORY_MB),
        default=2048,
        show_default=True,
        help="Memory that the program may use.",
    )(function)
    return click.option(
        "--timeout",
        "timeout_s",
        metavar="S",
        type=Number(0, 1_000_000, min_open=True),
        default=60.0,
        show_default=True,
        help="Seconds that one program may run.",
    )(function)


def _gpu_layers(_context: click.Context, _parameter: click.Parameter, value: str) -> int | str:
    if value == "auto":
        return value
    if not value.isdecimal():
        raise click.BadParameter(f"{value!r} is neither auto nor a number from 0 on")
    return int(value)


def _llama(_context: click.Context, _parameter: click.Parameter, settings: tuple[str, ...]) -> LlamaOptions | None:
    from offline_ci.llm.llama_options import from_environment, parse

    return parse(settings, from_environment()) if settings else None


def gpu_options(function: F) -> F:
    """``--gpu-layers`` and ``--llama``."""
    function = click.option(
        "--llama",
        callback=_llama,
        multiple=True,
        metavar="KEY=VALUE",
        help="A setting of llama.cpp by its own name, such as flash-attn=on, cache-type-k=q8_0, tensor-split=3,1, "
        "threads=4, mlock (docs/gpu.md). Repeatable.",
    )(function)
    return click.option(
        "--gpu-layers",
        callback=_gpu_layers,
        default="auto",
        show_default=True,
        metavar="auto|N",
        help="Layers that go to the GPU: what fits its memory, or a number.",
    )(function)


def allow_remote_option(function: F) -> F:
    """``--allow-remote``."""
    return click.option(
        "--allow-remote",
        is_flag=True,
        help="Let --model be a server on another machine: what requests and files hold goes there.",
    )(function)


def source_option(function: F) -> F:
    """``--source``."""
    return click.option(
        "--source",
        metavar="DIR|URL",
        help="A folder or a mirror to take files from, before all other sources. Every file is verified.",
    )(function)


def resource_limits(timeout_s: float, memory_mb: int) -> ResourceLimits:
    """The limits that the options stand for."""
    return ResourceLimits(time_s=timeout_s, memory_bytes=memory_mb << 20)


def check_input_files(files: Sequence[str]) -> list[Path]:
    """Make sure that every ``-f`` names a readable regular file.

    Raises:
        UsageError: one does not.
    """
    for path in map(Path, files):
        check_regular_file(path)
    return [Path(file) for file in files]


def check_regular_file(path: Path) -> None:
    """Make sure that there is a readable regular file.

    Raises:
        UsageError: there is not.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as exc:
        raise UsageError(f"There is no file {str(path)!r}.", hint="Check the path.") from exc
    except (OSError, ValueError) as exc:  # the latter: a null character
        reason = getattr(exc, "strerror", None) or exc
        raise UsageError(f"The file {str(path)!r} cannot be opened: {reason}.", hint="Check the path.") from exc
    if stat.S_ISDIR(mode):
        raise UsageError(f"{path} is a folder.", hint="Give the files in it one by one, or a zip archive.")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is not a regular file.", hint="Copy its contents to a file first.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path} may not be read.", hint="Check its permissions.")
