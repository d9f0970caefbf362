"""``offline-ci doctor``: what is here, what is missing, and how to mend it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from offline_ci.cli.doctor_check import Check
from offline_ci.cli.doctor_checks import all_checks
from offline_ci.cli.doctor_model import LlamaChecks
from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.options import json_option
from offline_ci.cli.terminal import neutral_line

_MARKS = {"ok": "ok  ", "note": "note", "problem": "FAIL"}
_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command("doctor", short_help="Tell what is here, what is missing, and how to mend it.")
@click.option("--measure", is_flag=True, help="Measure the model's speed anew: five seconds.")
@json_option
def command(measure: bool, as_json: bool) -> int:
    """Tell what is here, what is missing, what the processor and the GPU offer, and how to mend each problem.

    Tells how many threads compute and why, what llama.cpp was built for, which GPUs it sees, why one that is there is
    not used, which model and how much context fit, and how fast the model was when it was last measured.

    Changes nothing. Exit status 4 where something is missing that every request needs.
    """
    checks = []
    llama = LlamaChecks(measure=measure)
    for check in all_checks(llama):
        checks.append(check)
        if not as_json:
            _show(check)
    ready = not any(check.required and check.state == "problem" for check in checks)
    if as_json:
        found = {"ready": ready, "checks": [asdict(check) for check in checks], "llama": llama.details}
        click.echo(json.dumps(found))
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
