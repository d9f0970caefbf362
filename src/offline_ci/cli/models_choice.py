"""``offline-ci models list`` and ``models recommend``: what there is, what fits, what is best."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import click

from offline_ci.cli.exit_codes import ExitCode
from offline_ci.cli.failure import say
from offline_ci.cli.format import fitted_table, short_size
from offline_ci.cli.options import Number, json_option
from offline_ci.cli.terminal import neutral_line

if TYPE_CHECKING:
    from offline_ci.artifacts.models import ModelRecord
    from offline_ci.llm.capacity import Machine
    from offline_ci.llm.choice import Candidate

_HEADER: Final = (
    *("NAME", "PARAMS", "QUANT", "SIZE", "HERE", "FITS", "TOKENS/S", "HUMANEVAL", "LICENCE", "DESCRIPTION"),
)
_NUMBERS: Final = frozenset({"PARAMS", "SIZE", "TOKENS/S", "HUMANEVAL"})
_FITS: Final = {"fits": "yes", "tight": "tight", "too large": "no", None: "?"}
_N_RUNNERS_UP: Final = 3
_MEASURE: Final = "`offline-ci doctor --measure` measures it"
_FREE: Final = frozenset({"Apache-2.0", "MIT"})


@click.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """List the catalogue's models and those that were added: what fits this machine, and how fast it should be.

    HUMANEVAL is published, of the unquantised weights, in percent. FITS is yes, tight (a short context, nothing to
    spare) or no.
    """
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm.capacity import this_machine
    from offline_ci.llm.choice import survey

    store, machine = ModelStore(), this_machine()
    candidates = survey(store.list(), machine)
    if as_json:
        models = [_entry(candidate) for candidate in candidates]
        click.echo(json.dumps({"default": store.default(), "machine": _machine(machine), "models": models}))
        return
    width = shutil.get_terminal_size((100, 24)).columns
    click.echo(fitted_table(_HEADER, [_row(candidate) for candidate in candidates], width, right=_NUMBERS))
    click.echo(f"\nWhere none is named, {store.default()} is used. `offline-ci models pull NAME` gets one.")
    click.echo(_about_speed(machine))


@click.command()
@json_option
@click.option("--memory", "memory_gb", type=Number(0, 1_000_000, min_open=True), metavar="GB",
              help="Recommend for a machine with so much memory instead of what is available here.")  # fmt: skip
@click.option("--min-speed", type=Number(0), metavar="TOKENS/S",
              help="Leave out models expected to be slower; 5 by default, where the speed is known.")  # fmt: skip
def recommend(as_json: bool, memory_gb: float | None, min_speed: float | None) -> int:
    """Recommend a model: the best published HumanEval of those that fit with room to spare and are fast enough.

    Exit status 1 where none is.
    """
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm.capacity import this_machine
    from offline_ci.llm.choice import MIN_TOKENS_PER_S, ranked, survey

    machine = this_machine()
    if memory_gb is not None:
        machine = replace(machine, available_bytes=round(memory_gb * 1e9), gpu_bytes=0)
    least = MIN_TOKENS_PER_S if min_speed is None else min_speed
    candidates = survey(ModelStore().list(), machine)
    best = ranked(candidates, least)
    here = [candidate for candidate in candidates if candidate.record.present]
    if as_json:
        document = {
            "machine": _machine(machine),
            "recommended": _entry(best[0]) if best else None,
            "why": _why(best[0], machine, least) if best else _why_none(machine, least),
            "command": _command(best[0].record) if best else None,
            "runners_up": [_entry(candidate) for candidate in best[1 : 1 + _N_RUNNERS_UP]],
            "here": [_entry(candidate) for candidate in here],
        }
        click.echo(json.dumps(document))
    elif best:
        click.echo("\n".join(_advice(best, here, machine, least)))
    else:
        say(_why_none(machine, least))
    return ExitCode.DONE if best else ExitCode.FAILED


def _row(candidate: Candidate) -> tuple[str, ...]:
    record, score = candidate.record, candidate.humaneval
    return (
        neutral_line(record.name),
        candidate.parameters,
        candidate.quantisation,
        _size(record),
        "here" if record.present else "-",
        _FITS[candidate.verdict],
        _tokens(candidate.tokens_per_s) if candidate.tokens_per_s is not None else "?",
        f"{score:.1f}" if score is not None else "-",
        record.licence or "-",
        neutral_line(record.offered.description if record.offered is not None else record.origin),
    )


def _size(record: ModelRecord) -> str:
    return ("" if record.sha256 else "≈") + short_size(record.size_bytes)


def _tokens(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 9.5 else f"{rate:.1f}"


def _about_speed(machine: Machine) -> str:
    speed = machine.speed
    if speed is None:
        return f"How many tokens a second a model writes here is unknown; {_MEASURE}."
    model = neutral_line(speed.model)
    return f"TOKENS/S are estimates: {model} wrote {speed.tokens_per_s:.1f} a second when it was measured here."


def _advice(best: list[Candidate], here: list[Candidate], machine: Machine, least: float) -> list[str]:
    first, others = best[0], best[1 : 1 + _N_RUNNERS_UP]
    lines = [f"{first.record.name}: {_why(first, machine, least)}", ""]
    lines.append("It is here." if first.record.present else f"Get it:     {_command(first.record)}")
    lines += [f"{'Then:' if i == 0 else '':<11} {_summary(other)}" for i, other in enumerate(others)]
    lines += [f"{'Here:' if i == 0 else '':<11} {_summary(other)}" for i, other in enumerate(here)]
    if machine.speed is None:
        lines += ["", _about_speed(machine)]
    return lines


def _summary(candidate: Candidate) -> str:
    facts = [_size(candidate.record)]
    if candidate.humaneval is not None:
        facts.append(f"HumanEval {candidate.humaneval:.1f}")
    if candidate.tokens_per_s is not None:
        facts.append(f"about {_tokens(candidate.tokens_per_s)} tokens/s")
    if candidate.record.licence:
        facts.append(candidate.record.licence)
    return f"{neutral_line(candidate.record.name)} ({', '.join(facts)})"


def _why(candidate: Candidate, machine: Machine, least: float) -> str:
    rate, licence = candidate.tokens_per_s, candidate.record.licence
    speed = f" and write {least:g} tokens/s or more (it: about {_tokens(rate)})" if rate is not None else ""
    terms = "" if licence in _FREE else f" Read its licence first ({licence}): it restricts the use."
    return (
        f"the best published HumanEval ({candidate.humaneval}) of the models that fit "
        f"{_room(machine)} with room to spare{speed}.{terms}"
    )


def _why_none(machine: Machine, least: float) -> str:
    speed = f" and writes {least:g} tokens/s or more" if machine.speed is not None else ""
    return (
        f"No model with a published HumanEval fits {_room(machine)} with room to spare{speed}. "
        "`offline-ci models list` shows what is tight; close other programs, or give a smaller --min-speed."
    )


def _room(machine: Machine) -> str:
    gpu = f" and {machine.gpu_bytes / 1e9:.1f} GB of the GPU" if machine.gpu_bytes else ""
    return f"{machine.available_bytes / 1e9:.1f} GB of memory{gpu}"


def _command(record: ModelRecord) -> str:
    return f"offline-ci models pull {record.name}"


def _machine(machine: Machine) -> dict[str, Any]:
    speed = machine.speed
    measured = {"model": speed.model, "tokens_per_s": speed.tokens_per_s} if speed is not None else None
    return {"available_bytes": machine.available_bytes, "gpu_bytes": machine.gpu_bytes, "measured": measured}


def _entry(candidate: Candidate) -> dict[str, Any]:
    from offline_ci.llm.capacity import memory_bytes

    record, offered = candidate.record, candidate.record.offered
    rate = candidate.tokens_per_s
    return {
        "name": record.name,
        "parameters": candidate.parameters,
        "quantisation": candidate.quantisation,
        "bytes": record.size_bytes,
        "sha256": record.sha256 or None,
        "origin": record.origin,
        "path": str(record.path),
        "present": record.present,
        "fits": candidate.verdict,
        "memory_bytes": memory_bytes(candidate.cost) if candidate.cost is not None else None,
        "tokens_per_s": round(rate, 2) if rate is not None else None,
        "humaneval": candidate.humaneval,
        "humaneval_source": offered.humaneval_source if offered is not None else "",
        "licence": record.licence,
        "description": offered.description if offered is not None else "",
    }
