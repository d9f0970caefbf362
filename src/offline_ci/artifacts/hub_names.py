"""``hf:REPO/FILE``: names of GGUF files on the hub that no catalogue pins."""

from __future__ import annotations

import re
from typing import Final

from offline_ci.artifacts.specs import MODELS, ArtifactSpec, Hub
from offline_ci.errors import UsageError

PREFIX: Final = "hf:"
_NAME: Final = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)/(?P<file>[\w./+-]+\.gguf)", re.IGNORECASE | re.ASCII)


def parse_hub_name(name: str) -> tuple[str, str]:
    """The repository and the file of ``hf:REPO/FILE``.

    Raises:
        UsageError: the name is not of that form.
    """
    match = _NAME.fullmatch(name)
    if match is None or {".", "..", ""} & {*match["repo"].split("/"), *match["file"].split("/")}:
        raise UsageError(
            f"{name!r} does not name a GGUF file on the hub.",
            hint="Write hf:OWNER/REPOSITORY/FILE.gguf, for example"
            " hf:Qwen/Qwen2.5-Coder-3B-Instruct-GGUF/qwen2.5-coder-3b-instruct-q4_k_m.gguf.",
        )
    return match["repo"], match["file"]


def hub_spec(name: str, *, sha256: str, size_bytes: int, revision: str = "main") -> ArtifactSpec:
    """The artefact that ``hf:REPO/FILE`` names, once its digest is known.

    Raises:
        UsageError: the name is not of that form.
    """
    repo_id, filename = parse_hub_name(name)
    return ArtifactSpec(
        name=name,
        filename=filename.rpartition("/")[2],
        size_bytes=size_bytes,
        sha256=sha256,
        licence="see its repository",
        sources=(Hub(repo_id, revision, filename),),
        # Repositories often call their files alike; a split model's parts must lie side by side.
        folder=f"{MODELS}/{repo_id.replace('/', '--')}",
        role="model",
    )


def model_name(stem: str) -> str:
    """A model name made from a file's stem."""
    return re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-._")
