"""A real HTTP server on this machine: files, what goes wrong with them, and registries made of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
import time
import zipfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Break:
    """An answer that ends after so many bytes, though it promised more."""

    after_bytes: int


@dataclass(frozen=True)
class Status:
    """An answer with this status and no body."""

    code: int


@dataclass
class Served:
    """What one path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    script: list[Break | Status] = field(default_factory=list)
    """What goes wrong with the first GET answers, one entry each."""
    pause_s: float = 0.0
    """Between blocks of ``block_bytes``."""
    block_bytes: int = 1 << 16


class FileServer:
    """Serves ``paths``; ``requests`` holds (method, path, Range header) of every request."""

    def __init__(self) -> None:
        self.paths: dict[str, Served] = {}
        self.requests: list[tuple[str, str, str | None]] = []
        self.headers: dict[str, dict[str, str]] = defaultdict(dict)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, path: str, body: bytes, **behaviour: object) -> str:
        """Serve a body under a path; its address."""
        self.paths[path] = Served(body, **behaviour)  # type: ignore[arg-type]
        return self.url + path

    def ranges_of(self, path: str) -> list[str | None]:
        """The Range headers of every GET of a path."""
        return [range_ for method, its_path, range_ in self.requests if (method, its_path) == ("GET", path)]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self, send_body=True)

            def do_HEAD(self) -> None:
                server.answer(self, send_body=False)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, handler: BaseHTTPRequestHandler, *, send_body: bool) -> None:
        path = handler.path.partition("?")[0]
        range_ = handler.headers.get("Range")
        self.requests.append((handler.command, path, range_))
        self.headers[path] = dict(handler.headers.items())
        served = self.paths.get(path, Served(b"no such thing", status=404))
        mishap = served.script.pop(0) if served.script and send_body else None
        status = mishap.code if isinstance(mishap, Status) else served.status
        start = 0
        if range_ and served.ranges and status == 200:
            start = int(range_.removeprefix("bytes=").partition("-")[0])
            status = 206 if start < len(served.body) else 416
        body = served.body[start:] if status in {200, 206} else b"" if status != 404 else served.body
        handler.send_response(status)
        for name, value in served.headers.items():
            handler.send_header(name, value)
        if status == 206:
            handler.send_header("Content-Range", f"bytes {start}-{len(served.body) - 1}/{len(served.body)}")
        if "Content-Length" not in served.headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if not send_body:
            return
        if isinstance(mishap, Break):
            body = body[: mishap.after_bytes]
        for at in range(0, len(body), served.block_bytes):
            try:
                handler.wfile.write(body[at : at + served.block_bytes])
            except OSError:
                return
            time.sleep(served.pause_s)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def make_wheel(name: str, version: str, members: dict[str, bytes], *, metadata: str = "") -> tuple[str, bytes]:
    """A wheel: its file name and bytes."""
    project = name.replace("-", "_")
    info = f"{project}-{version}.dist-info"
    files = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), content)
    return f"{project}-{version}-py3-none-any.whl", buffer.getvalue()


def serve_wheel(server: FileServer, name: str, filename: str, wheel: bytes, **behaviour: object) -> None:
    """Put a wheel on a simple index (PEP 503) whose address is ``server.url + '/simple'``."""
    server.put(f"/files/{filename}", wheel, **behaviour)
    page = f'<!DOCTYPE html><html><body><a href="/files/{filename}#sha256={sha256(wheel)}">{filename}</a></body></html>'
    server.put(f"/simple/{name}/", page.encode(), headers={"Content-Type": "text/html"})


def make_tarball(members: dict[str, bytes]) -> bytes:
    """An npm tarball."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for path, content in members.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def integrity(body: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(body).digest()).decode()


def serve_tarball(server: FileServer, name: str, version: str, tarball: bytes, **behaviour: object) -> str:
    """Put a package on an npm registry whose address is ``server.url``; its file name."""
    filename = f"{name}-{version}.tgz"
    server.put(f"/{name}/-/{filename}", tarball, **behaviour)
    manifest = {
        "name": name,
        "version": version,
        "dist": {"tarball": f"{server.url}/{name}/-/{filename}", "integrity": integrity(tarball)},
    }
    packument = {"name": name, "dist-tags": {"latest": version}, "versions": {version: manifest}}
    server.put(f"/{name}", json.dumps(packument).encode(), headers={"Content-Type": "application/json"})
    return filename


def serve_hub_file(
    server: FileServer, repo_id: str, filename: str, body: bytes, *, commit: str, **behaviour: object
) -> None:
    """Put a large file on a hub whose endpoint is ``server.url``, under its commit and ``main``."""
    # As the hub does: the file lies on another host, and the client must ask this one for its digest first.
    blob = server.put(f"/blobs/{sha256(body)}", body, **behaviour).replace("127.0.0.1", "localhost")
    headers = {
        "Location": blob,
        "X-Repo-Commit": commit,
        "X-Linked-Etag": f'"{sha256(body)}"',
        "X-Linked-Size": str(len(body)),
        "ETag": f'"{sha256(body)}"',
    }
    for revision in (commit, "main"):
        server.put(f"/{repo_id}/resolve/{revision}/{filename}", b"", status=302, headers=headers)


@contextmanager
def pip_index(monkeypatch):
    """A server that is the only index pip knows."""
    server = FileServer()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", server.url + "/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    try:
        yield server
    finally:
        server.close()
