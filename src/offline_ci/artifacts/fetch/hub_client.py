"""The hub's own client, run as a script in a child process: look a file up, or download it.

It reads one JSON request from standard input and prints one JSON answer as its last line. Repositories, authorisation
(``HF_TOKEN``), the endpoint (``HF_ENDPOINT``), the offline mode and the cache are huggingface_hub's. The bytes come
through ``http_client``: since 2.0 ``hf_hub_download`` throws away what an interrupted transfer has brought.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def look_up(repo_id: str, filename: str, revision: str) -> dict[str, Any]:
    """The commit, size and sha256 of a file as the hub states them."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    metadata = get_hf_file_metadata(hf_hub_url(repo_id, filename, revision=revision))
    return {"revision": metadata.commit_hash, "size_bytes": metadata.size, "sha256": metadata.etag}


def download(repo_id: str, filename: str, revision: str, path: str, size_bytes: int) -> dict[str, Any]:
    """Complete the file ``path``; from the hub's cache where that has it, and then nothing is asked."""
    from huggingface_hub import get_hf_file_metadata, get_token, hf_hub_url, try_to_load_from_cache

    cached = try_to_load_from_cache(repo_id, filename, revision=revision)
    if isinstance(cached, str):
        shutil.copyfile(cached, path)
        return {}
    url = hf_hub_url(repo_id, filename, revision=revision)
    location = get_hf_file_metadata(url).location
    token = get_token()
    # The hub signs the addresses of other hosts; the token is for itself alone.
    own = urlsplit(location).netloc == urlsplit(url).netloc
    headers = {"Authorization": f"Bearer {token}"} if own and token else {}
    client = _http_client()
    try:
        client.transfer(client.Request(location, path, size_bytes, headers=headers))
    except client.TransferError as error:
        return {"error": error.reason, "unreachable": error.unreachable}
    return {}


def _http_client() -> ModuleType:
    # By its path: a script knows no package, and its folder is kept off the module path.
    name = "offline_ci_http_client"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("http_client.py"))
    if spec is None or spec.loader is None:
        raise ImportError("http_client.py is not beside hub_client.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Serve the request on standard input; exit status 0 where it was served."""
    request = json.load(sys.stdin)
    serve = download if "path" in request else look_up
    try:
        answer = serve(**request)
    except Exception as error:  # noqa: BLE001  told to the parent process, whatever it is
        answer = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
