"""Every instruction's form is passed over, every loop is found; wasmtime judges whether the result is a module."""

import pytest
import wasmtime

from offline_ci.engine.validate import find_refusal
from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.polls import insert_polls
from offline_ci.wasmbin.rewrite import CODE, CUSTOM, i32_const, join_sections, split_sections

ADDRESS = 0xFFFF0000
POLL = i32_const(ADDRESS)[:-1] + b"\xfe\x12\x00\x00\x1a"
HEAD = """(module (memory 1) (table 4 funcref) (table $t2 4 externref) (global $g (mut i32) (i32.const 0))
  (tag $e (param i32)) (type $f (func (param i32) (result i32))) (type $st (struct (field (mut i32))))
  (type $ar (array (mut i32))) (data $d "abc") (elem $s func $id)
  (func $id (param i32) (result i32) (local.get 0))
"""
INSTRUCTIONS = {
    "constants": """(drop (i32.const 3)) (drop (i64.const -0x0303030303)) (drop (f32.const 1.5e3)) (drop
        (f64.const 3e303))
        (drop (i32.const 0x03030303)) (drop (i32.const -1)) (drop (v128.const i32x4 0x03030303 3 3 0x0e0e0e0e))""",
    "variables": "(local i32) (local.set 0 (global.get $g)) (global.set $g (local.tee 0 (i32.const 3)))",
    "memory": """(i32.store offset=0x3030303 align=1 (i32.const 3) (i32.load8_s offset=3 (i32.const 3)))
        (f64.store (i32.const 0) (f64.load offset=259 (i32.const 3))) (drop (memory.size)) (drop (memory.grow
        (i32.const 3)))
        (memory.fill (i32.const 3) (i32.const 3) (i32.const 3)) (memory.copy (i32.const 3) (i32.const 3) (i32.const 3))
        (memory.init $d (i32.const 3) (i32.const 0) (i32.const 3)) (data.drop $d)""",
    "tables": """(table.set 0 (i32.const 3) (ref.func $id)) (drop (table.get 0 (i32.const 3))) (drop (table.size $t2))
        (drop (table.grow 0 (ref.null func) (i32.const 3))) (table.fill 0 (i32.const 0) (ref.null func) (i32.const 3))
        (table.copy 0 0 (i32.const 3) (i32.const 3) (i32.const 0)) (table.init 0 $s (i32.const 0) (i32.const 0)
        (i32.const 1))
        (elem.drop $s) (drop (ref.is_null (table.get $t2 (i32.const 3))))""",
    "calls": """(drop (call $id (i32.const 3))) (drop (call_indirect 0 (type $f) (i32.const 3) (i32.const 3)))
        (drop (call_ref $f (i32.const 3) (ref.func $id)))""",
    "tail calls": "(drop (block (result i32) (i32.const 3))) (return_call $nothing)",
    "branches": """(block $a (block $b (br_table $a $b $a $a $b $b $a $b $a $a $b $b $a (i32.const 3))))
        (block $a (br_if $a (i32.const 3)) (br $a)) (if (i32.const 3) (then nop) (else (return)))""",
    "many targets": "(block $a (br_table " + "$a " * 300 + "(i32.const 3)))",
    "selection": """(drop (select (i32.const 3) (i32.const 4) (i32.const 5)))
        (drop (select (result funcref) (ref.null func) (ref.func $id) (i32.const 3)))
        (drop (select (result (ref null $f)) (ref.null $f) (ref.null $f) (i32.const 3)))""",
    "blocks with types": """(drop (block (result i32) (i32.const 3))) (drop (block (result (ref null $f))
        (ref.null $f)))
        (i32.const 3) (block (type $f) (drop) (i32.const 3)) (drop) (drop (if (result funcref) (i32.const 3)
        (then (ref.null func)) (else (ref.func $id))))""",
    "exceptions": """(drop (block $h (result i32) (try_table (catch $e $h) (throw $e (i32.const 3))) (i32.const 4)))
        (block $all (try_table (catch_all $all) (nop)))
        (block $r (result exnref) (try_table (catch_all_ref $r) (nop)) (return)) (throw_ref)""",
    "numbers": """(drop (i32.add (i32.clz (i32.const 3)) (i32.wrap_i64 (i64.extend32_s (i64.const 3)))))
        (drop (i32.trunc_sat_f64_u (f64.sqrt (f64.promote_f32 (f32.convert_i32_s (i32.extend8_s (i32.const 3)))))))""",
    "vectors": """(local v128) (local.set 0 (v128.load offset=3 (i32.const 3)))
        (local.set 0 (i8x16.shuffle 3 3 3 3 14 14 14 14 3 3 3 3 3 3 3 31 (local.get 0) (local.get 0)))
        (drop (i8x16.extract_lane_s 3 (local.get 0))) (local.set 0 (f32x4.replace_lane 3 (local.get 0) (f32.const 3)))
        (local.set 0 (v128.load8_lane offset=3 3 (i32.const 3) (local.get 0)))
        (v128.store64_lane 1 (i32.const 3) (local.get 0)) (local.set 0 (v128.load32_zero (i32.const 3)))
        (local.set 0 (i16x8.extmul_high_i8x16_u (local.get 0) (f64x2.nearest (i32x4.splat (i32.const 3)))))
        (local.set 0 (f64x2.convert_low_i32x4_u (i32x4.dot_i16x8_s (local.get 0) (local.get 0))))
        (local.set 0 (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))""",
    "objects": """(local (ref null $st)) (local (ref null $ar)) (local.set 0 (struct.new $st (i32.const 3)))
        (local.set 0 (struct.new_default $st)) (drop (struct.get $st 0 (local.get 0))) (struct.set $st 0 (local.get 0)
        (i32.const 3)) (local.set 1 (array.new $ar (i32.const 3) (i32.const 3))) (drop (array.get $ar (local.get 1)
        (i32.const 3))) (drop (array.len (local.get 1))) (array.copy $ar $ar (local.get 1) (i32.const 3) (local.get 1)
        (i32.const 3) (i32.const 3)) (drop (array.new_fixed $ar 3 (i32.const 3) (i32.const 3) (i32.const 3)))
        (drop (array.new_data $ar $d (i32.const 0) (i32.const 0))) (array.set $ar (local.get 1) (i32.const 3)
        (i32.const 3))
        (drop (ref.test (ref $st) (local.get 0))) (drop (ref.cast (ref null $st) (local.get 0)))
        (drop (block $b (result (ref $st)) (drop (br_on_cast $b (ref null $st) (ref $st) (local.get 0))) (return)))
        (drop (i31.get_s (ref.i31 (i32.const 3)))) (drop (any.convert_extern (ref.null extern)))
        (array.fill $ar (local.get 1) (i32.const 3) (i32.const 3) (i32.const 3))""",
    "atomics": """(drop (i32.atomic.load offset=4 (i32.const 3))) (atomic.fence)
        (drop (i64.atomic.rmw32.cmpxchg_u (i32.const 4) (i64.const 3) (i64.const 3)))
        (drop (memory.atomic.notify (i32.const 4) (i32.const 3)))""",
}


def module(*functions):
    return bytes(wasmtime.wat2wasm(HEAD + "(func $nothing)" + "".join(f"(func {f})" for f in functions) + ")"))


def bodies(wasm):
    return split_sections(wasm)[CODE]


@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_instructions_are_passed_over_on_the_way_to_a_loop(name):
    looped = module(INSTRUCTIONS[name] + " (loop $l nop) (loop $m nop)")
    assert find_refusal(looped) is None
    polled = insert_polls(looped, ADDRESS)
    assert find_refusal(polled) is None
    assert bodies(polled).count(POLL) == 3 + 2  # three functions, two loops


def test_loops_of_every_type_and_depth_are_found():
    wasm = module("""(drop (loop (result i32) (i32.const 3))) (i32.const 3) (loop (type $f)) (drop)
        (block (if (i32.const 3) (then (loop $a (loop $b (br_if $b (i32.const 3))) (br_if $a (i32.const 0))))))
        (drop (loop (result (ref null $f)) (ref.null $f)))""")
    polled = insert_polls(wasm, ADDRESS)
    assert find_refusal(polled) is None
    assert bodies(polled).count(POLL) == 3 + 5


def test_a_module_without_code_stays_and_custom_sections_go():
    empty = bytes(wasmtime.wat2wasm("(module)"))
    assert insert_polls(empty, ADDRESS) == empty
    wasm = module()
    assert insert_polls(wasm + bytes([CUSTOM, 2, 1, 65]), ADDRESS) == insert_polls(wasm, ADDRESS)


@pytest.mark.parametrize(
    "code",
    [
        b"\x03\x40\x27\x0b\x0b",  # no such instruction
        b"\x03\x40\xfb\x1f\x00\x0b\x0b",
        b"\x03\x40\x0b\x41\x80",  # cut off
        b"\x03",
        b"\x0e\x03\x00",
        b"\x03\x40\x1f\x40\x01\x04\x00\x0b\x0b",  # no such clause
    ],
)
def test_what_is_not_known_is_refused(code):
    wasm = join_sections(
        {1: b"\x01\x60\x00\x00", 3: b"\x01\x00", CODE: b"\x01" + bytes([len(code) + 1]) + b"\0" + code}
    )
    with pytest.raises(WasmFormatError):
        insert_polls(wasm, ADDRESS)
