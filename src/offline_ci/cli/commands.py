"""The table of commands. A command's module is imported when that command runs."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import click

from offline_ci import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives, and its line in the overview."""

    module: str
    short_help: str


TABLE: dict[str, Entry] = {
    "ask": Entry("ask", "Answer a request: a local model writes Python, the sandbox runs it."),
    "chat": Entry("chat", "Talk with a local model that runs Python: one session, many requests."),
    "exec": Entry("exec_code", "Run Python in the sandbox, without a model."),
    "setup": Entry("setup", "Get and build everything that a first run needs."),
    "models": Entry("models", "The models of this machine: list, recommend, pull, add, verify, info, remove."),
    "runtime": Entry("runtime", "The sandbox's runtime: fetch, build, info, verify, packages, add, remove."),
    "bench": Entry("bench", "Benchmark models: list, pull, run, score, report, compare, verify."),
    "bundle": Entry("bundle", "The whole program in one file, for a machine without a network."),
    "verify": Entry("verify", "Check every installed byte: program, packages, runtime, images, models."),
    "doctor": Entry("doctor", "Tell what is here, what is missing, and how to mend it."),
}

EPILOG = (
    "Everything lives under OFFLINE_CI_HOME. Only setup, models pull, runtime fetch, runtime add "
    "and bench pull use the network; a --model that is a server of this machine is spoken to there."
)


class LazyGroup(click.Group):
    """A group whose overview needs none of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the table's order."""
        return list(TABLE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import a command."""
        entry = TABLE.get(cmd_name)
        if entry is None:
            return None
        command = importlib.import_module(f"offline_ci.cli.{entry.module}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"offline_ci.cli.{entry.module}.command is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The overview, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.short_help) for name, entry in TABLE.items()])


@click.command(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(__version__, "-V", "--version", prog_name="offline-ci", message="%(prog)s %(version)s")
def cli() -> None:
    """A code interpreter for one machine with no network.

    A local model writes Python, a sandbox runs it, and the answer, pictures and files come back.
    """
