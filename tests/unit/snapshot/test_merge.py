import dataclasses

import pytest
import wasmtime

from offline_ci.emscripten.ldso.state import LibraryState, LinkState
from offline_ci.errors import WasmFormatError
from offline_ci.snapshot.bake import bake
from offline_ci.snapshot.merge import merge_inputs
from offline_ci.wasmbin.reader import Import, read_module
from support.wasm_binary import custom

MAIN = """(module
  (import "env" "log" (func (param i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32) (result i32)))
  (import "GOT.func" "glClear" (global $gl (mut i32)))
  (memory (export "memory") 2 8)
  (table (export "__indirect_function_table") 9 funcref)
  (global $sp (export "__stack_pointer") (mut i32) (i32.const 100))
  (global $base (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 0))
  (global (export "environ") i32 (i32.const 512))
  (func $twice (export "twice") (param i32) (result i32) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "gl") (result i32) (global.get $gl))
  (func (export "emscripten_stack_get_base") (result i32) (global.get $base))
  (func (export "emscripten_stack_get_end") (result i32) (global.get $end))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "call") (param i32 i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get 1) (local.get 0)))
  (elem (i32.const 1) func $twice)
  (data (i32.const 512) "main"))"""

FIRST = """(module
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 1 funcref))
  (import "env" "__memory_base" (global $memory i32))
  (import "env" "__stack_pointer" (global (mut i32)))
  (import "env" "__table_base" (global $table i32))
  (import "env" "twice" (func $twice (param i32) (result i32)))
  (import "GOT.mem" "environ" (global $environ (mut i32)))
  (import "GOT.func" "thrice" (global $thrice (mut i32)))
  (global $own (mut i32) (i32.const 0))
  (func $start
    (global.set $own (i32.add (global.get $memory) (i32.const 16)))
    (memory.fill (global.get $memory) (i32.const 0) (i32.const 64)))
  (start $start)
  (func $six (export "six") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 6)))
  (func (export "four") (param i32) (result i32) (call $twice (call $twice (local.get 0))))
  (func (export "addresses") (result i32 i32 i32 i32 i32)
    (global.get $own) (global.get $memory) (global.get $table) (global.get $environ) (global.get $thrice))
  (elem (global.get $table) func $six)
  (data (global.get $memory) "first"))"""

SECOND = """(module
  (import "env" "log" (func $log (param i32)))
  (import "env" "six" (func $six (param i32) (result i32)))
  (import "env" "nobody" (func $nobody (param i32) (result i32)))
  (import "env" "memory" (memory 1))
  (func (export "six") (param i32) (result i32) (call $six (local.get 0)))
  (func (export "late") (param i32) (result i32) (call $nobody (local.get 0)))
  (func (export "tell") (param i32) (call $log (local.get 0))))"""

TRAMPOLINE = """(module
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table $table 1 funcref))
  (func (export "trampoline_call") (param i32) (result i32) (i32.const 99)))"""

STATE = LinkState(
    table_size=9,
    stack_pointer=4096,
    stack_limits=(8192, 1024),
    trampoline=3,
    libraries=(
        LibraryState(
            name="/lib/first.so",
            memory_base=70000,
            table_base=4,
            is_global=False,
            needed=(),
            got=(("GOT.mem", "environ", 512), ("GOT.func", "thrice", 77)),
            slots={"four": 6},
        ),
        LibraryState(
            name="/lib/second.so",
            memory_base=0,
            table_base=0,
            is_global=False,
            needed=("/lib/first.so",),
            got=(),
            slots={},
        ),
    ),
    handles={},
    main_slots={"load": 5},
    host_slots={"log": 7},
    closures=(),
    free_closures=(),
)


def wat(text):
    return bytes(wasmtime.wat2wasm(text))


def inputs(state=STATE, main=MAIN, first=FIRST, second=SECOND):
    libraries = {"/lib/first.so": wat(first), "/lib/second.so": wat(second)}
    return merge_inputs(state, wat(main), libraries, wat(TRAMPOLINE))


def link(modules, log):
    """Link the inputs as ``wasm-merge`` would bind them; an instance's exports by module name."""
    config = wasmtime.Config()
    config.wasm_gc = True
    config.wasm_function_references = True
    store = wasmtime.Store(wasmtime.Engine(config))
    linker = wasmtime.Linker(store.engine)
    i32 = wasmtime.ValType.i32()
    linker.define_func("env", "log", wasmtime.FuncType([i32], []), log)
    linker.define_func("wasi_snapshot_preview1", "fd_write", wasmtime.FuncType([i32], [i32]), lambda n: n)
    linker.define_func("late", "1:nobody", wasmtime.FuncType([i32], [i32]), lambda n: -n)
    exports = {}
    for name in sorted(modules, key=["constants", "main", "trampoline", "lib0", "lib1"].index):
        instance = linker.instantiate(store, wasmtime.Module(store.engine, modules[name]))
        linker.define_instance(store, name, instance)
        exports[name] = {
            key: (lambda value=value: value.value(store))
            if isinstance(value, wasmtime.Global)
            else (lambda *args, value=value: value(store, *args))
            if isinstance(value, wasmtime.Func)
            else value
            for key, value in instance.exports(store).items()
        }
    return store, exports


def test_libraries_are_bound_as_the_dynamic_linker_binds_them():
    told = []
    _, exports = link(inputs(), told.append)
    assert exports["lib0"]["0:four"](5) == 20
    assert exports["lib1"]["1:six"](5) == 30
    assert exports["lib1"]["1:late"](5) == -5
    exports["lib1"]["1:tell"](8)
    assert told == [8]


def test_addresses_are_constants_and_start_functions_are_gone():
    modules = inputs()
    _, exports = link(modules, lambda _: None)
    assert exports["lib0"]["0:addresses"]() == [70016, 70000, 4, 512, 77]
    assert exports["main"]["gl"]() == 0
    for wasm in modules.values():
        read = read_module(wasm)
        assert not any(definition.mutable for definition in read.globals) or "twice" in read.exports
    assert exports["main"]["call"](4, 7) == 42


def test_no_input_writes_memory():
    store, exports = link(inputs(), lambda _: None)
    memory = exports["main"]["memory"]
    assert bytes(memory.read(store)) == bytes(2 * 65536)


def test_the_stack_is_where_it_was():
    _, exports = link(inputs(), lambda _: None)
    main = exports["main"]
    stack = main["__stack_pointer"](), main["emscripten_stack_get_base"](), main["emscripten_stack_get_end"]()
    assert stack == (4096, 8192, 1024)


def test_global_libraries_come_before_needed_ones():
    other = dataclasses.replace(STATE.libraries[0], name="/lib/global.so", is_global=True)
    state = dataclasses.replace(STATE, libraries=(other, *STATE.libraries))
    libraries = {"/lib/global.so": wat(FIRST), "/lib/first.so": wat(FIRST), "/lib/second.so": wat(SECOND)}
    modules = merge_inputs(state, wat(MAIN), libraries, wat(TRAMPOLINE))
    assert Import("lib0", "0:six", "func") in read_module(modules["lib2"]).imports


def test_a_library_that_writes_its_addresses_is_refused_when_it_is_compiled():
    writes = FIRST.replace(
        '(func (export "four")', '(func (export "w") (global.set $own (i32.const 1))) (func (export "four")'
    )
    with pytest.raises(wasmtime.WasmtimeError, match="global is immutable"):
        link(inputs(first=writes), lambda _: None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first": FIRST.replace('(data (global.get $memory) "first")', '(data "first")')}, "/lib/first.so: .*passive"),
        ({"first": FIRST.replace("memory.fill (global.get $memory) (i32.const 0) (i32.const 64)", "call $start")},
         "/lib/first.so: The start function has the instruction 0x10"),
        ({"main": MAIN[:-1] + "(func $s) (start $s))"}, "The main module has a start function"),
        ({"main": MAIN.replace("(result i32) (global.get $base)", "(result i32) (i32.const 7)")},
         "emscripten_stack_get_base is not what it was"),
    ],
)  # fmt: skip
def test_what_cannot_be_merged_is_refused(change, reason):
    with pytest.raises(WasmFormatError, match=reason):
        inputs(**change)


# --- bake: what wasm-merge would make of main, the trampoline and one library

MERGED = """(module
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 2 8)
  (table (export "__indirect_function_table") 3 funcref)
  (global (export "__stack_pointer") (mut i32) (i32.const 4096))
  (global (export "environ") i32 (i32.const 512))
  (global (export "0:GOT.mem:environ") i32 (i32.const 512))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "trampoline:trampoline_call") (param i32) (result i32) (i32.const 99))
  (func (export "0:four") (param i32) (result i32) (i32.const 4))
  (func (export "0:six") (param i32) (result i32) (i32.const 6))
  (func (export "call") (param i32 i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get 1) (local.get 0)))
  (elem (i32.const 4) func 4))"""


def test_bake_puts_memory_and_table_in():
    memory = bytearray(3 * 65536)
    memory[70_000:70_005] = b"first"
    baked = bake(wat(MERGED) + custom("note", b"dropped"), STATE, bytes(memory))
    store = wasmtime.Store()
    told = []
    log = wasmtime.Func(store, wasmtime.FuncType([wasmtime.ValType.i32()], []), told.append)
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, baked), [log]).exports(store)
    assert bytes(exports["memory"].read(store)) == memory
    table = exports["__indirect_function_table"]
    assert table.size(store) == STATE.table_size
    called = {slot: exports["call"](store, slot, 70_000) for slot in (3, 4, 5, 6)}
    assert called == {3: 99, 4: 6, 5: int.from_bytes(b"firs", "little"), 6: 4}
    table.get(store, 7)(store, 33)
    assert told == [33]
    with pytest.raises(wasmtime.Trap, match="uninitialized element"):
        exports["call"](store, 8, 0)
    assert {"environ", "0:GOT.mem:environ"}.isdisjoint(exports)
    assert "__stack_pointer" in exports


def test_bake_writes_only_the_pages_between_the_first_and_the_last_that_are_used():
    memory = bytearray(2 * 65536)
    memory[9000] = memory[20_000] = 1
    sections_bytes = len(bake(wat(MERGED), STATE, bytes(memory))) - len(bake(wat(MERGED), STATE, bytes(2 * 65536)))
    assert 12288 <= sections_bytes <= 12288 + 8


@pytest.mark.parametrize(
    ("merged", "reason"),
    [
        (MERGED.replace("(memory (export", '(import "env" "x" (global i32)) (memory (export'), "imports .*'x'.*global"),
        (MERGED[:-1] + '(data (i32.const 8) "x"))', "has a start function or data"),
    ],
)
def test_bake_refuses_what_is_not_whole(merged, reason):
    with pytest.raises(WasmFormatError, match=reason):
        bake(wat(merged), STATE, bytes(65536))
