"""Whatever the guest passes, it gets a value or an errno: no other exception, no host memory beyond the limits.

The dynamic linker and libffi call into the instance and are fuzzed with a real one.
"""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.ports import WASM_PAGE_BYTES
from offline_ci.emscripten.registry import Convention, Support
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.emscripten.vfs.quota import Quota
from support.guest_memory import ByteArrayMemory, FakeInstance, make_host

PAGES = 4
SIZE = PAGES * WASM_PAGE_BYTES
DISK_BYTES = 1 << 20
FILES = 200
PATH, NAME, LINK, VARARGS, IOVEC, BUFFER = range(4096, 4096 + 6 * 512, 512)
TEXTS = {PATH: b"/mnt/data/file\0", NAME: b"name\0", LINK: b"/lib/../mnt/data/link/\0"}

_OTHERS = ("offline_ci.emscripten.ffi", "offline_ci.emscripten.ldso.handlers")
FUNCTIONS = [f for f in HOST_FUNCTIONS if f.handler.__module__ not in _OTHERS]
MAY_STOP = {
    "proc_exit", "exit", "_abort_js", "__assert_fail", "__call_sighandler", "__syscall_poll", "emscripten_get_now",
}  # fmt: skip
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 0o100, 0o101, 0o102, 0o1102, 0o200000, 0x100, 0x1000, 1030, 280, 4096]),
    st.sampled_from([SIZE - 1, SIZE, SIZE - 96, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 100]),
    st.sampled_from([PATH, NAME, LINK, VARARGS, IOVEC, BUFFER]),
    st.integers(0, 2**32 - 1),
)
ARGUMENTS = {
    "p": NUMBERS,
    "i": NUMBERS.map(lambda n: (n ^ 2**31) - 2**31),
    "j": st.one_of(
        st.sampled_from([0, 1, -1, 2**40, 2**62, -(2**63), 2**63 - 1, 4096]), st.integers(-(2**63), 2**63 - 1)
    ),
    "d": st.one_of(st.just(math.nan), st.just(math.inf), st.floats()),
    "e": st.none(),
}
CALLS = st.sampled_from(FUNCTIONS).flatmap(
    lambda f: st.tuples(st.just(f), st.tuples(*[ARGUMENTS[letter] for letter in f.signature[1:]]))
)


def _stop(_seconds):
    raise GuestTrap("interrupt", "slept")


def _new_host():
    instance = FakeInstance(ByteArrayMemory(PAGES, limit_pages=8))
    quota = Quota(disk_bytes=DISK_BYTES, files=FILES, open_files=16)
    host = make_host(instance=instance, quota=quota, sleep=_stop, environ={"A": "b"})
    for pointer, text in TEXTS.items():
        host.memory.write_bytes(pointer, text)
    host.memory.write_u32(VARARGS, 0o644)
    host.memory.write_bytes(IOVEC, b"".join(n.to_bytes(4, "little") for n in (BUFFER, 100, BUFFER, 2**32 - 1)))
    return host


def _outcome(host, function, arguments):
    try:
        return function.handler(host, *arguments)
    except (ErrnoError, GuestExit, GuestTrap) as expected:
        return expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(CALLS, min_size=20, max_size=40))
def test_any_arguments_give_a_value_or_an_errno(calls):
    host = _new_host()
    for function, arguments in calls:
        _check(function, _outcome(host, function, arguments))
        assert host.fs.quota.used_bytes <= DISK_BYTES
        assert host.fs.quota.used_files <= FILES
        assert len(host.fs.fds) <= 16
        assert host.memory.size <= 8 * WASM_PAGE_BYTES


def _check(function, result):
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


def test_the_fuzz_reaches_success():
    host = _new_host()
    openat = HOST_FUNCTIONS.find("__syscall_openat").handler
    assert openat(host, -100, PATH, 0o102, VARARGS) == 3
    assert HOST_FUNCTIONS.find("fd_write").handler(host, 3, IOVEC, 1, BUFFER) is None
    assert host.memory.read_u32(BUFFER) == 100


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.support is Support.TRAP], ids=lambda f: f.name)
def test_what_traps_says_what_it_is(function, host):
    with pytest.raises(GuestTrap, match=function.name) as trap:
        function.handler(host, *[0] * (len(function.signature) - 1))
    assert trap.value.kind == "host"
