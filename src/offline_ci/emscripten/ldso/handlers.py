"""``dlopen`` and ``dlsym`` as CPython's import system calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_ci.emscripten.registry import Support, env
from offline_ci.errors import LinkError

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

# struct dso of emscripten 5.0.3 system/lib/libc/dynlink.c
_FLAGS_OFFSET = 4
_NAME_OFFSET = 36
_RTLD_GLOBAL = 256


@env("_dlopen_js", "ip")
def dlopen(host: Host, handle: int) -> int:
    """Load the library that a ``struct dso`` names; 1, or 0 with the message for ``dlerror`` set."""
    path = host.fs.resolve_path(host.memory.read_cstr(handle + _NAME_OFFSET).decode("utf-8", "surrogateescape"))
    flags = host.memory.read_u32(handle + _FLAGS_OFFSET)
    try:
        host.linker.handles[handle] = host.linker.load(path, is_global=bool(flags & _RTLD_GLOBAL))
    except LinkError as error:
        _set_error(host, error.message)
        return 0
    return 1


@env("_dlsym_js", "pppp", note="the third argument, an index for Emscripten's proxied threads, is not used")
def dlsym(host: Host, handle: int, symbol_ptr: int, _index_ptr: int) -> int:
    """The address of a symbol; handle 0 is the main program. 0 with the message for ``dlerror`` set."""
    name = host.memory.read_cstr(symbol_ptr).decode("utf-8", "surrogateescape")
    linker = host.linker
    try:
        if handle == 0:
            found = linker.find_symbol(name)
            if found is not None:
                return linker.address_of(found[0], name)
            address = linker.find_host_address(name)
            if address is not None:
                return address
        else:
            dso = linker.handles.get(handle)
            if dso is not None and name in dso.link.exports:
                return linker.address_of(dso, name)
    except LinkError as error:
        _set_error(host, error.message)
        return 0
    _set_error(host, f"undefined symbol: {name}")
    return 0


@env("_emscripten_dlopen_js", "vpppp", support=Support.TRAP, note="asynchronous dlopen: there is no event loop")
def dlopen_async(host: Host, _handle: int, _on_success: int, _on_error: int, _data: int) -> None:
    """Refused."""
    host.refuse("emscripten_dlopen")


def _set_error(host: Host, message: str) -> None:
    encoded = message.replace("%", "%%").encode("utf-8", "surrogateescape") + b"\0"
    pointer = host.instance.call("malloc", len(encoded)) & 0xFFFFFFFF
    if not pointer:
        return
    host.memory.write_bytes(pointer, encoded)
    host.instance.call("__dl_seterr", pointer, 0)
    host.instance.call("free", pointer)
