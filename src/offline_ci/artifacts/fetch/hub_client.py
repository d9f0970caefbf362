"""The hub's own client, run as a script in a child process: look a file up, or download it.

It reads one JSON request from standard input and prints one JSON answer as its last line. Repositories, authorisation
(``HF_TOKEN``), the endpoint (``HF_ENDPOINT``), proxies and resuming are huggingface_hub's.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

# Plain HTTP resumes a broken transfer and its file grows as bytes arrive; the chunk protocol does neither.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def look_up(repo_id: str, filename: str, revision: str) -> dict[str, Any]:
    """The commit, size and sha256 of a file as the hub states them."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    metadata = get_hf_file_metadata(hf_hub_url(repo_id, filename, revision=revision))
    return {"revision": metadata.commit_hash, "size_bytes": metadata.size, "sha256": metadata.etag}


def download(repo_id: str, filename: str, revision: str, folder: str) -> dict[str, Any]:
    """Download a file below ``folder``, going on where an earlier attempt was broken off."""
    from huggingface_hub import hf_hub_download

    return {"path": hf_hub_download(repo_id, filename, revision=revision, local_dir=folder)}


def main() -> int:
    """Serve the request on standard input; exit status 0 where it was served."""
    request = json.load(sys.stdin)
    serve = download if "folder" in request else look_up
    try:
        answer = serve(**request)
    except ImportError as error:
        answer = {"error": f"huggingface_hub cannot be imported: {error}"}
    except Exception as error:  # noqa: BLE001  told to the parent process, whatever it is
        answer = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
