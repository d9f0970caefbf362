"""Every host function: those that stop the guest say so. What any arguments do is in ``fuzz.syscalls``."""

import pytest

from fuzz.syscalls import BUFFER, FUNCTIONS, IOVEC, PATH, VARARGS, new_host
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.registry import Support
from offline_ci.emscripten.unwind import GuestTrap


def test_what_is_fuzzed_can_succeed():
    host = new_host()
    openat = HOST_FUNCTIONS.find("__syscall_openat").handler
    assert openat(host, -100, PATH, 0o102, VARARGS) == 3
    assert HOST_FUNCTIONS.find("fd_write").handler(host, 3, IOVEC, 1, BUFFER) is None
    assert host.memory.read_u32(BUFFER) == 100


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.support is Support.TRAP], ids=lambda f: f.name)
def test_what_traps_says_what_it_is(function, host):
    with pytest.raises(GuestTrap, match=function.name) as trap:
        function.handler(host, *[0] * (len(function.signature) - 1))
    assert trap.value.kind == "host"
