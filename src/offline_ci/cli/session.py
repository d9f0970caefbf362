"""What ``ask`` and ``chat`` share: their options, the interpreter behind them, and how it is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from offline_ci.cli import exit_codes
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.options import (
    Number,
    allow_remote_option,
    check_input_files,
    files_option,
    gpu_options,
    json_option,
    limit_options,
    output_option,
    resource_limits,
)
from offline_ci.cli.pictures import graphics_protocol
from offline_ci.cli.terminal import neutral
from offline_ci.cli.views import PlainView, View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import Answer, UserCell
from offline_ci.interpreter.saving import check_folder, write_named_file
from offline_ci.limits import ResourceLimits

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter
    from offline_ci.interpreter.memory import Resumed

F = TypeVar("F", bound=Callable[..., Any])


_OPTIONS = (
    click.option(
        "-m",
        "--model",
        metavar="MODEL",
        help="Name, path of a GGUF file, hf:REPO/FILE that was pulled, or a server's http://127.0.0.1:PORT/v1.",
    ),
    allow_remote_option,
    files_option,
    output_option,
    json_option,
    limit_options,
    click.option(
        "--max-turns",
        type=click.IntRange(1, 100),
        default=6,
        show_default=True,
        metavar="N",
        help="Programs that the model may write for one request.",
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="Fix sampling, and the sandbox's random numbers."
    ),
    click.option(
        "--temperature",
        type=Number(0, 2),
        default=0.0,
        show_default=True,
        metavar="T",
        help="How freely the model writes; 0 takes the likeliest word each time.",
    ),
    click.option("--n-ctx", type=click.IntRange(1), metavar="N", help="Context window in tokens."),
    gpu_options,
    click.option("--ipynb", metavar="PATH", help="Write the session as a Jupyter notebook, too."),
)


def session_options(function: F) -> F:
    """The options of a session; ``SessionOptions`` takes their values."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


class SessionOptions:
    """The values of ``session_options``, checked before anything slow.

    Attributes:
        files: to be attached.
        output: where results go.
        as_json: whether standard output is for one JSON document.

    Raises:
        UsageError: a file or a folder cannot be used.
    """

    def __init__(
        self,
        *,
        model: str | None,
        files: tuple[str, ...],
        output: str,
        as_json: bool,
        timeout_s: float,
        memory_mb: int,
        ipynb: str | None,
        **settings: Any,
    ) -> None:
        self.files = check_input_files(files)
        self.output = Path(output)
        self.as_json = as_json
        check_folder(self.output)
        self._notebook = _check_notebook(ipynb)
        self._model = model
        self._limits = resource_limits(timeout_s, memory_mb)
        self._settings = settings | {"output_dir": output}

    def view(self, *, repeat_requests: bool) -> View:
        """What suits standard output."""
        if self.as_json:
            return View()
        if sys.stdout.isatty():
            from offline_ci.cli.rich_view import RichView

            return RichView(repeat_requests=repeat_requests, pictures=graphics_protocol(os.environ))
        return PlainView(sys.stdout, repeat_requests=repeat_requests)

    @contextmanager
    def interpreter(self, view: View, resume: Resumed | None = None) -> Iterator[CodeInterpreter]:
        """The model, loaded, and a sandbox; the notebook that was asked for is written at the end.

        Args:
            view: shows that it takes a moment.
            resume: a session to go on from, with its own limits where no others were asked for.
        """
        view.working("loading the model")
        # Only now what takes time to import.
        from offline_ci.interpreter.interpreter import CodeInterpreter
        from offline_ci.interpreter.thumbnail import make_thumbnail

        limits = self._limits if resume is None else self._limits_over(resume.memory.limits)
        with CodeInterpreter(self._model, limits=limits, resume=resume, **self._settings) as interpreter:
            tell_warnings(interpreter)
            view.draw_with(lambda *wish: make_thumbnail(interpreter.sandbox, *wish))
            try:
                yield interpreter
            finally:
                if self._notebook is not None and interpreter.history:
                    write_named_file(self._notebook, interpreter.notebook())

    def _limits_over(self, saved: ResourceLimits) -> ResourceLimits:
        context = click.get_current_context()
        asked = {
            field: getattr(self._limits, field)
            for field, option in (("time_s", "timeout_s"), ("memory_bytes", "memory_mb"))
            if context.get_parameter_source(option) is not ParameterSource.DEFAULT
        }
        return replace(saved, **asked)


def tell_warnings(interpreter: CodeInterpreter) -> None:
    """What the model's user should know, on standard error."""
    for warning in interpreter.info.warnings:
        click.echo(f"offline-ci: {neutral(warning)}", err=True)


def status_of(step: Answer | UserCell) -> ExitCode:
    """The exit status that the last step of a session stands for."""
    if isinstance(step, Answer):
        code = exit_codes.of_answer(step.status, step.turns[-1].status if step.turns else None)
    else:
        code = exit_codes.of_cell(step.turn.status)
    return exit_codes.of_error(step.save_error) if step.save_error and code is ExitCode.DONE else code


def _check_notebook(ipynb: str | None) -> Path | None:
    if ipynb is None:
        return None
    path = Path(ipynb)
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give a file name with --ipynb PATH.")
    check_folder(path.parent)
    return path
