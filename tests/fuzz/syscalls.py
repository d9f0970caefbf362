"""Whatever the guest passes to a host function, it gets a value or an errno, and nothing grows beyond its limits.

The dynamic linker and libffi call into the instance and are tried with a real one.
"""

import math

from fuzz.source import Source
from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.registry import Convention, Support
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.emscripten.vfs.quota import Quota
from support.guest_memory import ByteArrayMemory, FakeInstance, make_host

PAGES, MAX_PAGES = 4, 8
SIZE = PAGES * WASM_PAGE_BYTES
DISK_BYTES = 1 << 20
FILES = 200
OPEN_FILES = 16
PATH, NAME, LINK, VARARGS, IOVEC, BUFFER = range(4096, 4096 + 6 * 512, 512)
TEXTS = {PATH: b"/mnt/data/file\0", NAME: b"name\0", LINK: b"/lib/../mnt/data/link/\0"}

_OTHERS = ("offline_ci.emscripten.ffi", "offline_ci.emscripten.ldso.handlers")
FUNCTIONS = [f for f in HOST_FUNCTIONS if f.handler.__module__ not in _OTHERS]
MAY_STOP = {
    "proc_exit", "exit", "_abort_js", "__assert_fail", "__call_sighandler", "__syscall_poll", "emscripten_get_now",
}  # fmt: skip
NUMBERS = (
    0, 1, 2, 3, 4, 5, 6, 7, 0o100, 0o101, 0o102, 0o1102, 0o200000, 0x100, 0x1000, 1030, 280, 4096, SIZE - 1, SIZE,
    SIZE - 96, 2**31 - 1, 2**31, 2**32 - 1, PATH, NAME, LINK, VARARGS, IOVEC, BUFFER, 2**32 - 100,
)  # fmt: skip
LONG_NUMBERS = (0, 1, -1, 2**40, 2**62, -(2**63), 2**63 - 1, 4096)
FLOATS = (0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e308)


def _stop(_seconds):
    raise GuestTrap("interrupt", "slept")


def new_host():
    """A host with little of everything, and a few strings in its guest's memory."""
    instance = FakeInstance(ByteArrayMemory(PAGES, limit_pages=MAX_PAGES))
    quota = Quota(disk_bytes=DISK_BYTES, files=FILES, open_files=OPEN_FILES)
    host = make_host(instance=instance, quota=quota, sleep=_stop, environ={"A": "b"})
    for pointer, text in TEXTS.items():
        host.memory.write_bytes(pointer, text)
    host.memory.write_u32(VARARGS, 0o644)
    host.memory.write_bytes(IOVEC, b"".join(n.to_bytes(4, "little") for n in (BUFFER, 100, BUFFER, 2**32 - 1)))
    return host


def run(data: bytes) -> int:
    """Calls host functions with arguments drawn from the bytes; between them the guest writes into its memory."""
    source, host, n_calls = Source(data), new_host(), 0
    while source and n_calls < 60:
        if source.below(8) == 0:
            host.memory.write_bytes(source.pick((PATH, NAME, LINK, VARARGS, IOVEC, BUFFER)), source.blob())
        function = FUNCTIONS[source.below(len(FUNCTIONS))]
        check(function, _outcome(host, function, [_argument(letter, source) for letter in function.signature[1:]]))
        assert host.fs.quota.used_bytes <= DISK_BYTES
        assert host.fs.quota.used_files <= FILES
        assert len(host.fs.fds) <= OPEN_FILES
        assert host.memory.size <= MAX_PAGES * WASM_PAGE_BYTES
        n_calls += 1
    return n_calls


def _argument(letter, source):
    common = source.below(4)
    if letter == "e":
        return None
    if letter == "d":
        return source.pick(FLOATS) if common else source.f64()
    if letter == "j":
        return source.pick(LONG_NUMBERS) if common else source.i64()
    number = source.pick(NUMBERS) if common else source.below(1 << 32)
    return number if letter == "p" else (number ^ 2**31) - 2**31


def _outcome(host, function, arguments):
    try:
        return function.handler(host, *arguments)
    except (ErrnoError, GuestExit, GuestTrap) as expected:
        return expected


def check(function, result):
    """The result is one that the function may have."""
    letter = function.signature[0]
    if isinstance(result, ErrnoError):
        assert isinstance(result.errno, Errno)
        # where there is no way to tell an error, only a pointer can be wrong, which the engine makes a trap
        assert function.convention is not Convention.PLAIN or result.errno is Errno.EFAULT
    elif isinstance(result, (GuestExit, GuestTrap)):
        assert function.support is Support.TRAP or function.name in MAY_STOP
    elif function.convention is Convention.WASI or letter in "ve":
        assert result is None or result == 0
    elif letter == "d":
        assert isinstance(result, float)
    elif letter == "j":
        assert -(2**63) <= result < 2**63
    else:
        assert -(2**31) <= result < 2**32
