"""Write ``docs/cli.md`` from the commands' own help. With ``--check``, only see whether it is up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from page import write_or_check

from offline_ci.cli.commands import cli
from offline_ci.cli.exit_codes import ExitCode

TARGET = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
WIDTH = 100
MEANINGS = {
    ExitCode.DONE: "done",
    ExitCode.FAILED: "the guest's code failed, or no answer was reached",
    ExitCode.USAGE: "wrong usage, a request longer than the context included",
    ExitCode.LIMIT: "a limit was hit: time, memory, output or disk",
    ExitCode.ARTIFACT: "a model or the runtime is missing or damaged; the message names the command that mends it",
    ExitCode.BUG: "our bug",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C)",
}
INTRO = """\
# The command line

<!-- Written by tools/gen_cli_doc.py from the commands themselves. -->

The commands, their options, their JSON documents and their exit statuses are a contract: scripts rely on it.
`docs/concepts.md` explains the words.

## Exit status

{statuses}

Every failure is one paragraph on standard error: the thing, the reason, the mend. `OFFLINE_CI_DEBUG=1` adds the
traceback.

## Files

Files that programs write below `/mnt/data`, their working directory, land in the output folder (`-o DIR`). Nothing
there is replaced, `-1` is added to the new name instead, with two exceptions: a file that was given with `-f` and that
the program wrote anew is replaced if it lies in the output folder itself, and so is what the same session has written
before. Pictures that a program shows but does not save become `figure-1.png`, `figure-2.png` and so on. Of a program
that was interrupted, nothing is written.

## Environment

| variable | meaning |
|---|---|
| `OFFLINE_CI_HOME` | the folder of models, runtime and caches; by default the platform's user data folder |
| `OFFLINE_CI_SOURCE_DIR` | a folder to fetch from, before all other sources |
| `OFFLINE_CI_MIRROR` | a mirror to fetch from, before the pinned sources |
| `OFFLINE_CI_SERVER_KEY` | the key that a server given with `--model` may want (`docs/servers.md`) |
| `OFFLINE_CI_DEBUG` | show tracebacks |
"""


def main() -> None:
    """Entry point."""
    write_or_check(TARGET, document())


def document() -> str:
    """The whole page."""
    statuses = "\n".join(f"- `{int(code)}` {MEANINGS[code]}" for code in ExitCode)
    parts = [INTRO.format(statuses=statuses)]
    for context in walk(click.Context(cli, info_name="offline-ci", terminal_width=WIDTH, **cli.context_settings)):
        help_text = context.command.get_help(context).rstrip()
        parts.append(f"## `{context.command_path}`\n\n```\n{help_text}\n```\n")
    return "\n".join(parts)


def walk(context: click.Context) -> Iterator[click.Context]:
    """A command and all below it, in order, each as it is when it runs."""
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            child = group.get_command(context, name)
            if child is not None:
                yield from walk(click.Context(child, info_name=name, parent=context, terminal_width=WIDTH))


if __name__ == "__main__":
    main()
