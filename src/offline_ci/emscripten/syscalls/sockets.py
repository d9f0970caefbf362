"""Sockets: there are none.

No socket can be made, so no call on one can do anything but tell that its descriptor is not one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.abi.netdb import EAI_FAIL, EAI_NONAME
from offline_ci.emscripten.registry import Support, env, syscall

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_NO_SOCKETS = "the sandbox has no network: no socket can be made"


@syscall("socket", "iiiiiii", support=Support.REFUSED, note=_NO_SOCKETS)
def sys_socket(host: Host, *_arguments: int) -> int:
    """EAFNOSUPPORT, whatever the family: what a kernel without networking says."""
    raise ErrnoError(Errno.EAFNOSUPPORT)


def _on_descriptor(host: Host, fd: int, *_arguments: int) -> int:
    """EBADF, or ENOTSOCK for anything that is open."""
    host.fs.fds.get(fd)
    raise ErrnoError(Errno.ENOTSOCK)


for _name, _signature in {
    "accept4": "iippiii",
    "bind": "iippiii",
    "connect": "iippiii",
    "getpeername": "iippiii",
    "getsockname": "iippiii",
    "getsockopt": "iiiippi",
    "listen": "iiiiiii",
    "recvfrom": "iippipp",
    "recvmsg": "iipiiii",
    "sendmsg": "iipiiii",
    "sendto": "iippipp",
}.items():
    syscall(_name, _signature, support=Support.REFUSED, note=_NO_SOCKETS)(_on_descriptor)


@env("getaddrinfo", "ipppp", support=Support.REFUSED, note="there is no resolver: names do not resolve")
def getaddrinfo(host: Host, _node_ptr: int, _service_ptr: int, _hints_ptr: int, _result_ptr: int) -> int:
    """EAI_NONAME, so that Python says that the name does not resolve and nobody tries again."""
    return EAI_NONAME


@env("getnameinfo", "ipipipii", support=Support.REFUSED, note="there is no resolver")
def getnameinfo(host: Host, *_arguments: int) -> int:
    """EAI_FAIL."""
    return EAI_FAIL


@env("getprotobyname", "pp", support=Support.REFUSED, note="there is no protocol database")
def getprotobyname(host: Host, _name_ptr: int) -> int:
    """NULL."""
    return 0


@env("_emscripten_lookup_name", "pp", support=Support.REFUSED, note="there is no resolver; the address is 0.0.0.0")
def lookup_name(host: Host, _name_ptr: int) -> int:
    """The address 0.0.0.0: the caller (``gethostbyname``) has no way to be told of an error."""
    return 0
