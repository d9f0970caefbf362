"""``offline-ci doctor``: what is here, what is missing, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from offline_ci.cli.doctor_checks import Check, all_checks
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.terminal import neutral_line

_MARKS = {"ok": "ok  ", "note": "note", "problem": "FAIL"}
_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command("doctor", short_help="Tell what is here, what is missing, and how to mend it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(as_json: bool) -> int:
    """Tell what is here, what is missing, what the processor and the GPU offer, and how to mend each problem.

    Changes nothing. Exit status 4 where something is missing that every request needs.
    """
    checks = []
    for check in all_checks():
        checks.append(check)
        if not as_json:
            _show(check)
    ready = not any(check.required and check.state == "problem" for check in checks)
    if as_json:
        click.echo(json.dumps({"ready": ready, "checks": [asdict(check) for check in checks]}))
    elif ready:
        click.echo("\nEverything that a request needs is here.")
    else:
        click.echo("\nSomething is missing. `offline-ci setup` gets and builds whatever is.")
    return ExitCode.DONE if ready else ExitCode.ARTIFACT


def _show(check: Check) -> None:
    mark = click.style(_MARKS[check.state], fg=_COLOURS[check.state])
    click.echo(f"{mark}  {neutral_line(check.name)}: {neutral_line(check.detail)}")
    if check.mend:
        click.echo(f"        {neutral_line(check.mend)}")
