"""Pin a model of the hub that no catalogue pins, by what the hub itself says of it."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

from offline_ci.artifacts.fetch.direct import look_up_hub
from offline_ci.artifacts.fetch.failures import FailureLog, SourceFailedError
from offline_ci.artifacts.fetch.transfers import source_name
from offline_ci.artifacts.hub_names import hub_spec, parse_hub_name
from offline_ci.artifacts.specs import ArtifactSpec
from offline_ci.artifacts.store import Store

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UNKNOWN_SHA256: Final = "0" * 64


def look_up_model(name: str, store: Store, revision: str = "main") -> ArtifactSpec:
    """The artefact that ``hf:REPO/FILE`` names, pinned to the commit and the digest that the hub states now.

    Args:
        name: its hub name.
        store: where it will be.
        revision: the branch or commit to look at.

    Raises:
        UsageError: the name is not of that form.
        FetchError: the hub cannot be asked, has no such file, or states no sha256 for it.
    """
    repo_id, filename = parse_hub_name(name)
    unpinned = hub_spec(name, sha256=_UNKNOWN_SHA256, size_bytes=1)
    try:
        work = Path(tempfile.mkdtemp(dir=store.downloads("look-up")))
        try:
            answer = look_up_hub(repo_id, filename, work, threading.Event(), revision)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return _pinned(name, answer)
    except SourceFailedError as failure:
        failures = FailureLog()
        failures.add(unpinned, source_name(unpinned.sources[0]), failure)
        raise failures.error([unpinned]) from failure


def _pinned(name: str, answer: dict[str, Any]) -> ArtifactSpec:
    sha256, size_bytes = str(answer["sha256"]), int(answer["size_bytes"] or 0)
    if not _SHA256.fullmatch(sha256) or size_bytes <= 0:
        raise SourceFailedError("it states no sha256 for this file")
    return hub_spec(name, sha256=sha256, size_bytes=size_bytes, revision=str(answer["revision"]))
