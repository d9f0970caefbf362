"""Sources that give the artefact's own file: an address, the hub."""

from __future__ import annotations

import json
import re
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from offline_ci.artifacts.fetch.children import Finished, OnPosition, run_client
from offline_ci.artifacts.fetch.failures import SourceFailedError, failure_from_output, redact
from offline_ci.artifacts.specs import Http, Hub

_SCRIPTS = Path(__file__).parent
# The class names of huggingface_hub's errors, or the status: the digits alone may be a part of a port or of a commit.
_NOT_FOUND = re.compile(
    r"^(?:Repository|RemoteEntry|Entry|Revision)NotFound|\b404 (?:Client Error|Not Found)", re.IGNORECASE
)


def download_http(
    source: Http, size_bytes: int, partial: Path, work: Path, on_position: OnPosition, stop: threading.Event
) -> Path:
    """Complete ``partial`` from an address.

    Args:
        source: the address.
        size_bytes: how long the file must become.
        partial: the file, possibly begun; alone in its folder.
        work: a folder for the client's own things.
        on_position: told how many bytes are here.
        stop: when set, the client is ended; what has arrived stays.

    Returns:
        ``partial``, of the right length; not verified.

    Raises:
        SourceFailedError: the server did not deliver.
        StoppedError: ``stop`` was set.
    """
    request = {"url": source.url, "path": str(partial), "size_bytes": size_bytes}
    answer = _serve("http_client.py", request, work, partial.parent, on_position, stop)
    if "error" in answer:
        raise SourceFailedError(redact(str(answer["error"])), unreachable=bool(answer["unreachable"]))
    on_position(size_bytes)
    return partial


def download_hub(
    source: Hub, size_bytes: int, partial: Path, work: Path, on_position: OnPosition, stop: threading.Event
) -> Path:
    """Complete ``partial`` from the hub; see ``download_http``.

    Raises:
        SourceFailedError: the hub did not deliver.
        StoppedError: ``stop`` was set; what has arrived stays.
    """
    request = {
        "repo_id": source.repo_id,
        "filename": source.filename,
        "revision": source.revision,
        "path": str(partial),
        "size_bytes": size_bytes,
    }
    answer = _serve("hub_client.py", request, work, partial.parent, on_position, stop)
    if "error" in answer:
        raise _hub_failure(answer)
    on_position(size_bytes)
    return partial


def look_up_hub(
    repo_id: str, filename: str, work: Path, stop: threading.Event, revision: str = "main"
) -> dict[str, Any]:
    """What the hub says of a file: ``revision`` (a commit), ``size_bytes`` and ``sha256``.

    Raises:
        SourceFailedError: it cannot be asked, or has no such file.
        StoppedError: ``stop`` was set.
    """
    request = {"repo_id": repo_id, "filename": filename, "revision": revision}
    answer = _serve("hub_client.py", request, work, work, lambda _: None, stop)
    if "error" in answer:
        raise _hub_failure(answer)
    return answer


def _serve(
    script: str, request: dict[str, Any], work: Path, watch: Path, on_position: OnPosition, stop: threading.Event
) -> dict[str, Any]:
    # -P: the script's folder is not put on the module path, where its neighbours could hide library modules.
    argv = [sys.executable, "-P", str(_SCRIPTS / script)]
    finished = run_client(argv, work=work, watch=watch, on_position=on_position, stop=stop, stdin=json.dumps(request))
    return _answer(finished)


def _answer(finished: Finished) -> dict[str, Any]:
    for line in reversed(finished.output.splitlines()):  # libraries may have had a last word
        if line.startswith("{"):
            with suppress(ValueError):
                return dict(json.loads(line))
    raise failure_from_output(finished.output)


def _hub_failure(answer: dict[str, Any]) -> SourceFailedError:
    error = str(answer["error"])
    if "unreachable" in answer:
        return SourceFailedError(redact(error), unreachable=bool(answer["unreachable"]))
    if _NOT_FOUND.search(error):
        return SourceFailedError(redact(error.partition("\n")[0]))
    return failure_from_output(" ".join(error.split()))
