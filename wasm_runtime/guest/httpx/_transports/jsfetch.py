"""Takes the place of httpx's module of this name, which needs a browser's JavaScript: no request connects."""

from httpx._exceptions import ConnectError
from httpx._models import Request, Response
from httpx._transports.base import AsyncBaseTransport, BaseTransport
from offline_ci_guest import refusals

__all__ = ["AsyncJavascriptFetchTransport", "JavascriptFetchTransport"]


class JavascriptFetchTransport(BaseTransport):
    """The transport of ``httpx.Client``."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        """Take what httpx's other transports take."""

    def handle_request(self, request: Request) -> Response:
        """Fail as httpx does on a machine without a network."""
        raise ConnectError(refusals.NO_NETWORK, request=request)


class AsyncJavascriptFetchTransport(AsyncBaseTransport):
    """The transport of ``httpx.AsyncClient``."""

    def __init__(self, *_args: object, **_kwargs: object) -> None:
        """Take what httpx's other transports take."""

    async def handle_async_request(self, request: Request) -> Response:
        """Fail as httpx does on a machine without a network."""
        raise ConnectError(refusals.NO_NETWORK, request=request)
