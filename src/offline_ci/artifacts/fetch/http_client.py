"""A plain HTTP client, run as a script in a child process: one file, resumed and retried.

It reads one JSON request from standard input and prints one JSON answer. The file that it appends to may hold the
beginning of the transfer already. It checks lengths only; whoever started it checks the digest.

It stands alone: nothing of this package is imported, so that it starts in a tenth of a second.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import ssl
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

_CHUNK_BYTES: Final = 1 << 18
_RETRY_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_PAUSE_S: Final = 30.0
_UNREACHABLE_ATTEMPTS: Final = 2
_CERTIFICATE_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Request:
    """What to transfer.

    Attributes:
        url: http or https, possibly with user name and password.
        path: the file to complete.
        size_bytes: how long it must become; 0 for as long as the server says that it is.
        timeout_s: for connecting and for each read.
        attempts: how often to try in a row without a byte of progress.
        pause_s: the pause before the second attempt; it doubles from there.
        headers: sent to the first server only, not to where a redirect leads.
    """

    url: str
    path: str
    size_bytes: int
    timeout_s: float = 30.0
    attempts: int = 4
    pause_s: float = 0.5
    headers: dict[str, str] = field(default_factory=dict)


class TransferError(Exception):
    """The transfer cannot be completed.

    Args:
        reason: one line.
        unreachable: no server was reached.
        retry_after_s: what the server asked for; None where another attempt is useless.
    """

    def __init__(self, reason: str, *, unreachable: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unreachable = unreachable
        self.retry_after_s = retry_after_s


def transfer(request: Request) -> None:
    """Complete the file.

    Raises:
        TransferError: it cannot be completed.
    """
    opener = _opener()
    if request.size_bytes == 0:
        request = replace(request, size_bytes=_announced_bytes(opener, request))
    failures = 0
    while True:
        before = _length(request.path)
        try:
            _attempt(opener, request, before)
        except TransferError as error:
            failures = 1 if _length(request.path) > before else failures + 1
            # Where nobody answers at all there may be no network: do not keep people waiting.
            attempts = min(request.attempts, _UNREACHABLE_ATTEMPTS) if error.unreachable else request.attempts
            if error.retry_after_s is None or failures >= attempts:
                raise
            pause_s = request.pause_s * 2 ** (failures - 1) * random.uniform(1.0, 1.25)  # noqa: S311  no secret
            time.sleep(min(max(pause_s, error.retry_after_s), _MAX_PAUSE_S))
        else:
            return


def _announced_bytes(opener: urllib.request.OpenerDirector, request: Request) -> int:
    asked = _http_request(request, 0)
    asked.method = "HEAD"
    try:
        with opener.open(asked, timeout=request.timeout_s) as response:
            announced = response.headers.get("Content-Length", "")
    except urllib.error.HTTPError as error:
        with error:
            raise TransferError(f"HTTP {error.code} {error.reason}".strip()) from error
    except (OSError, http.client.HTTPException) as error:
        raise TransferError(_words(getattr(error, "reason", error)), unreachable=True) from error
    if not announced.isdigit() or not int(announced):
        raise TransferError("the server does not say how long the file is")
    return int(announced)


def _attempt(opener: urllib.request.OpenerDirector, request: Request, offset: int) -> None:
    if offset >= request.size_bytes:
        if offset == request.size_bytes:
            return
        offset = 0  # what is here is longer than the file: not its beginning
    try:
        with opener.open(_http_request(request, offset), timeout=request.timeout_s) as response:
            if not _continues(response, offset):
                offset = 0
            _append(response, request, offset)
    except urllib.error.HTTPError as error:
        with error:
            _raise_for_status(error, request)
    except (OSError, http.client.HTTPException) as error:
        # urllib wraps what goes wrong before the request is sent, and only that.
        unreachable = isinstance(error, urllib.error.URLError)
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        raise TransferError(_words(cause), unreachable=unreachable, retry_after_s=0) from error
    if _length(request.path) < request.size_bytes:
        raise TransferError("the connection ended early", retry_after_s=0)


def _raise_for_status(error: urllib.error.HTTPError, request: Request) -> None:
    if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        Path(request.path).unlink(missing_ok=True)  # the server's file is shorter than what is here: start again
        raise TransferError("the server's file is shorter than expected", retry_after_s=0)
    retry = error.code in _RETRY_STATUSES
    raise TransferError(
        f"HTTP {error.code} {error.reason}".strip(),
        retry_after_s=_seconds(error.headers.get("Retry-After")) if retry else None,
    )


def _http_request(wanted: Request, offset: int) -> urllib.request.Request:
    parts = urlsplit(wanted.url)
    host = parts.netloc.rpartition("@")[2]
    request = urllib.request.Request(  # noqa: S310  the opener below knows http and https alone
        urlunsplit((parts.scheme, host, parts.path, parts.query, "")),
        headers={"Accept-Encoding": "identity", "User-Agent": "offline-ci"},
    )
    headers = dict(wanted.headers)
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(secret).decode("ascii")
    for name, value in headers.items():
        request.add_unredirected_header(name, value)
    if offset:
        request.add_header("Range", f"bytes={offset}-")
    return request


def _continues(response: http.client.HTTPResponse, offset: int) -> bool:
    content_range = response.headers.get("Content-Range", "")
    return response.status == http.HTTPStatus.PARTIAL_CONTENT and content_range.startswith(f"bytes {offset}-")


def _append(response: http.client.HTTPResponse, request: Request, offset: int) -> None:
    announced = response.headers.get("Content-Length")
    if announced is not None and announced.isdigit() and offset + int(announced) != request.size_bytes:
        raise TransferError(f"the server's file has {offset + int(announced)} bytes, expected {request.size_bytes}")
    with Path(request.path).open("r+b" if offset else "wb") as file:
        file.seek(offset)
        file.truncate()
        while chunk := response.read1(_CHUNK_BYTES):
            offset += len(chunk)
            if offset > request.size_bytes:
                raise TransferError(f"the server sends more than the expected {request.size_bytes} bytes")
            file.write(chunk)
            file.flush()  # what has arrived survives the end of this process


def _opener() -> urllib.request.OpenerDirector:
    bundles = (os.environ.get(name) for name in _CERTIFICATE_VARIABLES)
    context = ssl.create_default_context(cafile=next((path for path in bundles if path and Path(path).is_file()), None))
    opener = urllib.request.OpenerDirector()  # build_opener would add file, ftp and data addresses
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=context),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _words(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "the server does not answer in time"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text)


def _seconds(header: str | None) -> float:
    return float(header) if header is not None and header.isdigit() else 0.0


def _length(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except FileNotFoundError:
        return 0


def main() -> int:
    """Serve the request on standard input; exit status 0 where the file is complete."""
    request = Request(**json.load(sys.stdin))
    try:
        transfer(request)
    except TransferError as error:
        answer = {"error": error.reason, "unreachable": error.unreachable}
    except OSError as error:  # the file, not the server
        answer = {"error": f"{request.path} cannot be written: {error.strerror}", "unreachable": False}
    else:
        answer = {}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if answer else 0


if __name__ == "__main__":
    sys.exit(main())
