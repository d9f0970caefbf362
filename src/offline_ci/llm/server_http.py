"""HTTP to a server of models: with ``artifacts.fetch`` the only code that opens a socket.

What keeps a conversation on this machine: an address of another machine is refused where it was not allowed, the
address that was checked is the one that is connected to, redirects are not followed, and no proxy is used, whatever
the environment says (``http.client`` knows none).
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

from offline_ci.errors import ModelServerError, OfflineCIError, UsageError
from offline_ci.llm._work import Work

CONNECT_S: Final = 10.0
SILENCE_S: Final = 600.0
"""A server may load its model, or read a long conversation, before it says a word."""
_MAX_DOCUMENT: Final = 16 << 20
_MAX_LINE: Final = 1 << 20
_EXAMPLE: Final = "Write it as in http://127.0.0.1:8080/v1."


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server of models listens.

    Attributes:
        text: as the user wrote it.
        scheme: ``http`` or ``https``.
        host: an IP address or a name.
        port: its port.
        path: of the OpenAI protocol, without a slash at the end: ``/v1``.
        model: the model that was asked for; empty for the only one.
        is_local: on this machine, and it has to stay so.
    """

    text: str
    scheme: str
    host: str
    port: int
    path: str
    model: str
    is_local: bool

    @property
    def url(self) -> str:
        """Without the model."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def root(self) -> str:
        """The path under which a server keeps what is not of the OpenAI protocol."""
        return self.path.removesuffix("/v1")


def parse_address(text: str, *, allow_remote: bool = False) -> ServerAddress:
    """The address ``http://HOST:PORT/v1``, with ``#MODEL`` where the server has several.

    Args:
        text: the address.
        allow_remote: whether it may be on another machine.

    Raises:
        UsageError: it is none, or on another machine.
    """
    address, _, model = text.partition("#")
    model = unquote(model)
    if not (address.isascii() and text.isprintable() and model.isprintable()) or " " in address:
        raise UsageError(f"The address {text!r} has characters that no address has.", hint=_EXAMPLE)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"{address} is no address of a server: {error}.", hint=_EXAMPLE) from error
    if "@" in parts.netloc:  # not repeated: it is a secret
        raise UsageError(
            f"The address of the server at {host} has a user name or a password in it.",
            hint="Leave it out; a key goes into the environment variable OFFLINE_CI_SERVER_KEY.",
        )
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise UsageError(f"{address} is no address of a server.", hint=_EXAMPLE)
    if parts.query or "?" in address:
        raise UsageError(f"The address {address} has a query, which nothing is known about.", hint=_EXAMPLE)
    is_local = _is_loopback(host) or (host == "localhost" and all(map(_is_loopback, _addresses_of(host))))
    if not (is_local or allow_remote):
        raise UsageError(
            f"The server {host} is not known to be this machine, and requests would take what your files hold to it.",
            hint="Start a server here (http://127.0.0.1:PORT/v1), or allow it: --allow-remote.",
        )
    if is_local and parts.scheme == "https":
        raise UsageError(f"{address} is on this machine, where plain HTTP is spoken.", hint="Write http:// instead.")
    default = 443 if parts.scheme == "https" else 80
    path = parts.path.rstrip("/") or "/v1"
    return ServerAddress(text, parts.scheme, host, port or default, path, model, is_local)


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _addresses_of(host: str, port: int | None = None) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ModelServerError(
            f"The name {host} cannot be found: {error.strerror}.", hint="Check the address, or give an IP address."
        ) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class ServerReply:
    """A server's answer that is still coming. Close it after use.

    Attributes:
        status: of HTTP.
    """

    def __init__(self, client: ServerClient, connection: socket.socket, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self._client = client
        self._connection = connection
        self._response = response

    def lines(self) -> Iterator[str]:
        """Its lines as they come, without their ends.

        Raises:
            ModelServerError: it breaks off, or says nothing for too long.
        """
        while True:
            try:
                line = self._response.readline(_MAX_LINE)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise self._client.failure(error) from error
            if not line:
                return
            yield line.decode("utf-8", "replace").rstrip("\r\n")

    def document(self) -> Any:
        """The whole answer as JSON; None where it is something else.

        Raises:
            ModelServerError: it breaks off, or says nothing for too long.
        """
        try:
            data = self._response.read(_MAX_DOCUMENT)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._client.failure(error) from error
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None

    def close(self) -> None:
        """End it; a server that is still writing stops."""
        self._response.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class ServerClient:
    """Speaks with one server, a connection for each request.

    Args:
        address: where it is.
        key: sent with every request; empty for none.

    Raises:
        UsageError: the key cannot be sent.
    """

    def __init__(self, address: ServerAddress, key: str = "") -> None:
        if not (key.isascii() and key.isprintable()):
            raise UsageError("The key in OFFLINE_CI_SERVER_KEY is no key.", hint="It is one line of plain characters.")
        self.address = address
        self._headers = {"Accept": "application/json, text/event-stream", "Connection": "close"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._abortable: socket.socket | None = None

    def ask(self, path: str, body: object = None, *, work: Work | None = None) -> tuple[int, Any]:
        """A short answer: its status, and its JSON, None where it is none.

        Args:
            path: on the server.
            body: sent as JSON with POST; None for GET.
            work: see ``open``.

        Raises:
            ModelServerError: there is no answer.
        """
        with self.open(path, body, work=work) as reply:
            return reply.status, reply.document()

    def open(self, path: str, body: object = None, *, work: Work | None = None) -> ServerReply:
        """Send a request; returns when the answer begins.

        Args:
            path: on the server.
            body: sent as JSON with POST; None for GET.
            work: what the request is for, where ``abort`` may end it; cancelled work is not begun.

        Raises:
            ModelServerError: there is no answer, or it leads elsewhere.
        """
        connection = self._connect()
        if work is not None:
            self._abortable = connection
            if work.cancelled():
                self.abort()
        try:
            response = self._exchange(connection, path, body)
        except BaseException:
            connection.close()
            raise
        reply = ServerReply(self, connection, response)
        if 300 <= response.status < 400:
            reply.close()
            elsewhere = str(response.headers.get("Location"))[:200]
            raise ModelServerError(
                f"The server {self.address.url} leads to {elsewhere!r}, and redirects are not followed.",
                hint="Give the address where the server really is.",
            )
        return reply

    def abort(self) -> None:
        """End the request that may be ended, from another thread or a signal handler."""
        connection = self._abortable
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def failure(self, error: Exception) -> OfflineCIError:
        """What an exception of the connection means to the user."""
        where = f"The server {self.address.url}"
        if isinstance(error, ConnectionRefusedError):
            return ModelServerError(f"No server listens at {self.address.url}.", hint="Start it, or check the port.")
        if isinstance(error, TimeoutError):
            return ModelServerError(
                f"{where} has said nothing for {SILENCE_S:.0f} s.", hint="See what it is doing, and try again."
            )
        if isinstance(error, ssl.SSLError):
            return ModelServerError(
                f"There is no secure connection to {self.address.url}: {error}.",
                hint="Make sure that it speaks https, with a certificate that this system knows.",
            )
        broken = (http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionError)
        if isinstance(error, broken):
            return ModelServerError(
                f"{where} has broken off the connection.", hint="See what it wrote before it ended, and start it again."
            )
        if isinstance(error, OSError):
            return ModelServerError(f"{where} cannot be reached: {error.strerror or error}.", hint="Check the address.")
        return ModelServerError(f"{where} does not speak HTTP.", hint="Check the port.")

    def _connect(self) -> socket.socket:
        address = self.address
        found = [address.host] if _is_ip(address.host) else _addresses_of(address.host, address.port)
        # A name could lead elsewhere by now: what is connected to is what was checked.
        if address.is_local and not all(map(_is_loopback, found)):
            raise UsageError(f"The name {address.host} does not mean this machine.", hint="Write 127.0.0.1 instead.")
        failed: OSError = ConnectionRefusedError()
        for host in found:
            try:
                connection = socket.create_connection((host, address.port), CONNECT_S)
            except TimeoutError as error:
                failed = OSError(error.errno, f"no answer within {CONNECT_S:.0f} s")
            except OSError as error:
                failed = error
            else:
                connection.settimeout(SILENCE_S)
                return self._wrapped(connection)
        raise self.failure(failed) from failed

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        if self.address.scheme == "http":
            return connection
        try:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=self.address.host)
        except OSError as error:
            connection.close()
            raise self.failure(error) from error

    def _exchange(self, connection: socket.socket, path: str, body: object) -> http.client.HTTPResponse:
        http_connection = http.client.HTTPConnection(self.address.host, self.address.port)
        http_connection.sock = connection
        headers = dict(self._headers)
        data = None
        if body is not None:
            data = json.dumps(body).encode("ascii")
            headers["Content-Type"] = "application/json"
        try:
            http_connection.request("GET" if data is None else "POST", path, data, headers)
            return http_connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise self.failure(error) from error


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
