"""The engine alone: small modules in the text format, real wasmtime, no Pyodide."""

import threading
import time

import pytest

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import Convention, HostFunction, Support
from offline_ci.emscripten.unwind import GuestExit, GuestTrap
from offline_ci.engine import compile_cache, config
from offline_ci.engine.gate import GATE_ADDRESS
from offline_ci.engine.hostfuncs import HostLinker
from offline_ci.engine.instance import MainInstance
from offline_ci.engine.threads import run_on_big_stack
from offline_ci.errors import HostInvariantError, LinkError, RuntimeBuildError

WAT = """
(module
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (import "env" "half" (func $half (param f64) (result f64)))
  (import "env" "wide" (func $wide (param i64) (result i64)))
  (import "env" "fail" (func $fail (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "wasi_fail" (func $wasi_fail (result i32)))
  (import "env" "missing" (func $missing))
  (memory (export "memory") 1 100)
  (table (export "__indirect_function_table") 4 funcref)
  (elem (i32.const 1) $twice)
  (func $twice (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "add") (param i32 i32) (result i32) (call $add (local.get 0) (local.get 1)))
  (func (export "half") (param f64) (result f64) (call $half (local.get 0)))
  (func (export "wide") (param i64) (result i64) (call $wide (local.get 0)))
  (func (export "fail") (param i32) (result i32) (call $fail (local.get 0)))
  (func (export "wasi_fail") (result i32) (call $wasi_fail))
  (func (export "missing") (call $missing))
  (func (export "loop") (loop $l (br $l)))
  (func (export "count") (local i32) (loop $l (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br $l)))
  (func (export "sum") (local i32)
    (loop $l (local.set 0 (i32.add (local.get 0) (i32.load (i32.const 8)))) (br_if $l (i32.const 1))))
  (func (export "fill") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l)))
  (func $tail (export "tail") (return_call $tail))
  (func (export "copy") (param i32) (memory.copy (i32.const 0) (local.get 0) (i32.const 1)))
  (func (export "store") (param i32) (i32.store (local.get 0) (i32.const 1)))
  (func $deep (export "deep") (param i32) (result i32) (drop (call $add (i32.const 1) (i32.const 1)))
    (i32.add (i32.const 1) (call $deep (local.get 0))))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "unreachable") unreachable))
"""


class Host:
    """What host functions get."""

    def __init__(self):
        self.calls = 0


def _add(host, a, b):
    host.calls += 1
    return a + b


def _fail(host, what):
    raise [ErrnoError(Errno.ENOENT), GuestExit(7), GuestTrap("host", "no"), ZeroDivisionError("bug")][what]


def _wasi_fail(host):
    raise ErrnoError(Errno.EBADF)


FUNCTIONS = [
    HostFunction("env", "add", "iii", Convention.PLAIN, Support.FULL, "", _add),
    HostFunction("env", "half", "dd", Convention.PLAIN, Support.FULL, "", lambda host, x: x / 2),
    HostFunction("env", "wide", "jj", Convention.PLAIN, Support.FULL, "", lambda host, x: x - 1),
    HostFunction("env", "fail", "ii", Convention.SYSCALL, Support.FULL, "", _fail),
    HostFunction("wasi_snapshot_preview1", "wasi_fail", "i", Convention.WASI, Support.FULL, "", _wasi_fail),
]


def _compiled(path, wat):
    path.write_bytes(compile_cache.compile_wasm(compile_cache.wat_to_wasm(wat)))
    return compile_cache.load_compiled(path)


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    return _compiled(tmp_path_factory.mktemp("engine") / "m.cwasm", WAT)


@pytest.fixture
def make(module):
    linker = HostLinker(config.shared_engine(), module, FUNCTIONS)
    made = []

    def make(memory_bytes=1 << 20, on_tick=lambda: None):
        imports = [(i.module, i.name, "func") for i in module.imports]
        instance = MainInstance(linker, module, imports, host=Host(), memory_bytes=memory_bytes, on_tick=on_tick)
        made.append(instance)
        return instance

    yield make
    for instance in made:
        instance.close()


def test_arguments_and_results_keep_their_types(make):
    instance = make()
    assert instance.call("add", -5 & 0xFFFFFFFF, 3) == 0xFFFFFFFE
    from offline_ci.engine.hostfuncs import bits_of_f64, f64_of_bits

    assert f64_of_bits(instance.call("half", bits_of_f64(3.0))) == 1.5
    assert instance.call("wide", 0) == 0xFFFFFFFFFFFFFFFF


def test_errno_reaches_the_guest_by_convention(make):
    instance = make()
    assert instance.call("fail", 0) == -Errno.ENOENT & 0xFFFFFFFF
    assert instance.call("wasi_fail") == Errno.EBADF


def test_exit_and_trap_of_a_host_function_come_through(make):
    with pytest.raises(GuestExit) as exit_info:
        make().call("fail", 1)
    assert exit_info.value.code == 7
    with pytest.raises(GuestTrap, match="no"):
        make().call("fail", 2)


def test_a_bad_pointer_given_to_a_function_without_errno_is_the_guests_trap():
    def bad(host):
        raise ErrnoError(Errno.EFAULT)

    module = compile_cache.wat_module("""(module (import "env" "bad" (func $bad)) (memory (export "memory") 1)
        (table (export "__indirect_function_table") 1 funcref) (func (export "f") (call $bad)))""")
    linker = HostLinker(
        config.shared_engine(), module, [HostFunction("env", "bad", "v", Convention.PLAIN, Support.FULL, "", bad)]
    )
    imports = [("env", "bad", "func")]
    instance = MainInstance(linker, module, imports, host=Host(), memory_bytes=1 << 20, on_tick=lambda: None)
    with pytest.raises(GuestTrap) as info:
        instance.call("f")
    assert info.value.kind == "memory"
    instance.close()


def test_a_bug_in_a_host_function_is_named_as_ours(make):
    with pytest.raises(HostInvariantError, match="ZeroDivisionError: bug"):
        make().call("fail", 3)


@pytest.mark.parametrize(
    ("name", "args", "kind"),
    [("load", (1 << 30,), "memory"), ("unreachable", (), "abort"), ("missing", (), "other")],
)
def test_traps_have_a_kind(make, name, args, kind):
    with pytest.raises(GuestTrap) as info:
        make().call(name, *args)
    assert info.value.kind == kind
    assert "\n" not in info.value.message


def test_exhausting_the_stack_through_host_calls_is_a_trap_and_not_an_abort(make):
    def run():
        with pytest.raises(GuestTrap) as info:
            make().call("deep", 1)
        return info.value.kind

    assert run_on_big_stack(run) == "stack"


@pytest.mark.parametrize("endless", ["loop", "count", "sum", "fill", "tail"])
def test_whatever_is_endless_ends_when_the_tick_says_so(make, endless):
    begin = time.monotonic()

    def on_tick():
        if time.monotonic() - begin > 0.1:
            raise GuestTrap("interrupt", "time is up")

    instance = make(on_tick=on_tick)
    with instance.enter(), pytest.raises(GuestTrap) as info:
        instance.call(endless)
    assert info.value.kind == "interrupt"
    assert 0.1 < time.monotonic() - begin < 2


def test_a_guest_that_ended_before_it_was_stopped_can_be_used_again(make):
    def on_tick():
        raise GuestTrap("interrupt", "too late")

    instance = make(on_tick=on_tick)
    with instance.enter(), pytest.raises(GuestTrap, match="too late"):
        instance.call("loop")
    assert instance.call("twice", 21) == 42
    with pytest.raises(GuestTrap) as info:
        instance.call("load", 1 << 30)
    assert info.value.kind == "memory"


def test_no_tick_comes_once_a_guest_has_been_left(make):
    ticks = []
    instance = make(on_tick=lambda: ticks.append(time.monotonic()))
    with instance.enter():
        time.sleep(0.1)
    left = time.monotonic()
    time.sleep(0.05)
    assert len(ticks) >= 3
    assert max(ticks) < left


def test_an_error_of_the_tick_is_named_as_ours(make):
    instance = make(on_tick=lambda: 1 // 0)
    with instance.enter(), pytest.raises(HostInvariantError, match="ZeroDivisionError"):
        instance.call("loop")


@pytest.mark.parametrize("name", ["store", "copy"])
@pytest.mark.parametrize("offset", [0, 4096, 65532])
def test_the_polled_page_cannot_be_written_nor_copied(make, name, offset):
    instance = make()
    for close in (False, True):
        if close:
            instance._gate.close()
            instance._gate.open()
        with pytest.raises(GuestTrap) as info:
            instance.call(name, GATE_ADDRESS + offset)
        assert info.value.kind == "memory"


def test_memory_never_reaches_the_polled_page(make):
    instance = make(memory_bytes=1 << 32)
    assert instance._store is not None
    assert not instance.memory.grow(1 << 16)
    assert not instance.memory.grow((1 << 16) - 1)


def test_code_without_memory_is_refused_since_it_could_not_be_stopped():
    with pytest.raises(RuntimeBuildError, match="wasmtime refuses"):
        compile_cache.compile_wasm(compile_cache.wat_to_wasm("(module (func (loop $l (br $l))))"))


def test_memory_grows_to_its_limit_and_no_further(make):
    instance = make(memory_bytes=4 * 65536)
    assert len(instance.memory.view()) == 65536
    assert instance.memory.grow(1)
    assert len(instance.memory.view()) == 2 * 65536
    assert not instance.memory.grow(10)
    assert instance.call("grow", 10) == 0xFFFFFFFF


def test_table_entries_can_be_added_called_and_asked_for_their_type(make):
    instance = make()
    assert instance.find_table(0) is None
    assert instance.call_table(1, "ii", 21) == 42
    assert instance.function_type(instance.find_table(1)) == "ii"
    index = instance.table_append(instance.new_function("dj", lambda x: x))
    assert index == 4
    assert instance.function_type(instance.find_table(index)) == "dj"
    assert instance.call_table(index, "dj", 99) == 99
    for bad_index, signature in ((2, "v"), (10**6, "v"), (1, "iii"), (1, "v")):
        with pytest.raises(GuestTrap):
            instance.call_table(bad_index, signature)


def test_globals_are_unsigned(make):
    instance = make()
    extern = instance.new_global(0xFFFFFFF0, mutable=True)
    assert instance.get_global(extern) == 0xFFFFFFF0
    instance.set_global(extern, 5)
    assert instance.get_global(extern) == 5


def test_a_side_module_shares_memory_and_may_be_refused(make):
    instance = make()
    side = compile_cache.wat_module("""(module (import "env" "memory" (memory 1))
        (func (export "store") (i32.store (i32.const 8) (i32.const 77))))""")
    ref = instance.instantiate_side(side, [instance.find_main_export("memory")])
    instance.call_function(instance.function(ref, "store"))
    assert instance.memory.view()[8] == 77
    with pytest.raises(LinkError):
        instance.instantiate_side(side, [instance.find_main_export("__indirect_function_table")])
    with pytest.raises(LinkError):
        instance.function(ref, "nothing")


def test_two_instances_on_two_threads_answer_through_their_own_hosts(make):
    instances = [make() for _ in range(4)]

    def work(instance):
        for _ in range(500):
            instance.call("add", 1, 1)

    threads = [threading.Thread(target=work, args=(instance,)) for instance in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [instance._host.calls for instance in instances] == [500] * 4


def test_what_is_no_module_is_refused_with_its_reason(tmp_path):
    with pytest.raises(RuntimeBuildError, match="wasmtime refuses"):
        compile_cache.compile_wasm(b"\0asm\1\0\0\0\xff")
    damaged = tmp_path / "x.cwasm"
    damaged.write_bytes(b"nonsense")
    with pytest.raises(RuntimeBuildError, match="does not fit this machine"):
        compile_cache.load_compiled(damaged)


def test_compiled_code_runs_after_a_round_trip_through_a_file(tmp_path):
    wat = '(module (memory (export "memory") 1) (table (export "__indirect_function_table") 1 funcref)'
    module = _compiled(tmp_path / "m.cwasm", wat + ' (func (export "f") (result i32) i32.const 3))')
    linker = HostLinker(config.shared_engine(), module, ())
    instance = MainInstance(linker, module, (), host=Host(), memory_bytes=1 << 20, on_tick=lambda: None)
    assert instance.call("f") == 3
    instance.close()
