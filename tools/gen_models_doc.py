"""Write the catalogue's table in ``docs/models.md``. With ``--check``, only see whether it is up to date."""

from __future__ import annotations

from pathlib import Path

from page import write_or_check_part

from offline_ci.artifacts.catalog import CatalogModel, catalog
from offline_ci.artifacts.specs import ArtifactSpec, Hub
from offline_ci.cli.format import short_size
from offline_ci.llm.capacity import cost_of_figures, memory_bytes

TARGET = Path(__file__).resolve().parents[1] / "docs" / "models.md"
BEGIN, END = "<!-- The table: written by tools/gen_models_doc.py -->\n", "<!-- The table ends. -->\n"
HEADER = """\
| name | parameters | file | memory | HumanEval | licence | repository at commit |
|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Entry point."""
    write_or_check_part(TARGET, BEGIN, END, document())


def document() -> str:
    """The table."""
    return HEADER + "".join(_row(name, model) for name, model in catalog().models.items())


def _row(name: str, model: CatalogModel) -> str:
    spec = model.spec
    is_pinned = isinstance(spec, ArtifactSpec)
    size = spec.size_bytes if isinstance(spec, ArtifactSpec) else spec.about_bytes
    hub = spec.sources[-1] if isinstance(spec, ArtifactSpec) else spec.hub
    where = f"{hub.repo_id} at `{hub.revision[:12]}`" if isinstance(hub, Hub) else ""
    active = model.figures.active_share
    parameters = model.parameters if active == 1 else f"{model.parameters}, reads {active:.0%}"
    score = f"{model.humaneval} ({model.humaneval_source})" if model.humaneval is not None else "not found"
    cells = (
        f"`{name}`",
        parameters,
        f"{model.quantisation}, {'' if is_pinned else 'about '}{short_size(size)}",
        short_size(memory_bytes(cost_of_figures(model.figures, size))),
        score,
        model.spec.licence,
        where + ("" if is_pinned else "; sha256 from the hub at the first pull"),
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
