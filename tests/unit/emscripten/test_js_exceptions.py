import struct

import pytest

from offline_ci.emscripten.js_exceptions import JsExceptions, find_exception_function
from offline_ci.emscripten.memory import CheckedMemory
from offline_ci.emscripten.unwind import GuestTrap

THROWN, TYPE, BASE_TYPE, OTHER_TYPE = 0x100, 0x800, 0x900, 0xA00
HEADER = THROWN - 24


class Memory:
    def __init__(self):
        self.bytes = bytearray(0x1000)

    def view(self):
        return memoryview(self.bytes)

    def grow(self, n_pages):
        return False


class Instance:
    """The C++ runtime inside a module: TYPE derives from BASE_TYPE."""

    def __init__(self):
        self.memory = Memory()
        self.references = 0
        self.second_result = None

    def call(self, name, *args):
        if name == "__cxa_can_catch":
            return int(args[:2] == (BASE_TYPE, TYPE))
        if name == "__cxa_get_exception_ptr":
            return args[0] + 4
        if name == "_emscripten_tempret_set":
            self.second_result = args[0]
        elif name == "__cxa_increment_exception_refcount":
            self.references += 1
        elif name == "__cxa_decrement_exception_refcount":
            self.references -= 1
        else:
            assert (name, args) == ("setThrew", (0, 0))
        return 0

    def call_table(self, index, *args):
        raise AssertionError(index)


class Host:
    def __init__(self):
        self.instance = Instance()
        self.exceptions = JsExceptions(self.instance, CheckedMemory(self.instance.memory))

    def call(self, name, *args):
        return find_exception_function(name).handler(self, *args)

    def u32(self, address):
        return struct.unpack_from("<I", self.instance.memory.bytes, address)[0]


@pytest.fixture
def host():
    return Host()


def test_a_thrown_object_is_caught_by_its_type(host):
    host.call("__cxa_throw", THROWN, TYPE, 0x55)
    assert (host.u32(HEADER + 4), host.u32(HEADER + 8), host.instance.references) == (TYPE, 0x55, 1)
    assert host.call("__cxa_uncaught_exceptions") == 1
    assert host.call("__cxa_find_matching_catch_3", TYPE) == THROWN
    assert host.instance.second_result == TYPE
    assert host.call("__cxa_begin_catch", THROWN) == THROWN + 4
    assert host.call("__cxa_uncaught_exceptions") == 0
    host.call("__cxa_end_catch")
    assert host.instance.references == 0
    assert host.call("__cxa_find_matching_catch_2") == 0
    assert host.instance.second_result == 0


@pytest.mark.parametrize(
    ("handlers", "caught"),
    [((OTHER_TYPE, BASE_TYPE), BASE_TYPE), ((OTHER_TYPE, 0), TYPE), ((OTHER_TYPE,), TYPE), ((), TYPE)],
)
def test_handlers_are_tried_in_order(host, handlers, caught):
    host.call("__cxa_throw", THROWN, TYPE, 0)
    assert host.call(f"__cxa_find_matching_catch_{len(handlers) + 2}", *handlers) == THROWN
    assert host.instance.second_result == caught


def test_rethrow_from_a_handler(host):
    host.call("__cxa_throw", THROWN, TYPE, 0)
    host.call("__cxa_begin_catch", THROWN)
    host.call("__cxa_rethrow")
    assert host.call("__cxa_uncaught_exceptions") == 1
    assert host.instance.references == 2
    host.call("__cxa_end_catch")
    assert host.instance.references == 1


def test_resume_keeps_what_is_in_flight(host):
    host.call("__cxa_throw", THROWN, TYPE, 0)
    host.call("__resumeException", THROWN)
    assert host.call("__cxa_find_matching_catch_2") == THROWN


def test_an_object_without_a_type_is_caught_by_anything(host):
    host.call("__cxa_throw", THROWN, 0, 0)
    assert host.call("__cxa_find_matching_catch_3", TYPE) == THROWN
    assert host.instance.second_result == 0


@pytest.mark.parametrize("name", ["__cxa_rethrow", "__cxa_end_catch"])
def test_a_program_out_of_step_is_stopped(host, name):
    with pytest.raises(GuestTrap, match="no exception to"):
        host.call(name)


def test_find_exception_function():
    assert find_exception_function("__cxa_find_matching_catch_5").signature == "pppp"
    assert find_exception_function("llvm_eh_typeid_for").handler(None, 7) == 7
    assert find_exception_function("__cxa_find_matching_catch_x") is None
    assert find_exception_function("fd_read") is None
