import pytest

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin import rewrite
from offline_ci.wasmbin.reader import Limits, read_module
from offline_ci.wasmbin.rewrite import Source
from support.wasm_binary import custom, i32_const, import_func, import_global, module, name, section, u, vec


def sections_of(wasm):
    return rewrite.split_sections(wasm)


def test_sections_are_split_and_joined_without_custom_ones():
    memory = section(5, vec(b"\x00\x01"))
    wasm = module(custom("name", b"x"), memory, custom("other", b"y"))
    sections = sections_of(wasm)
    assert sections == {5: vec(b"\x00\x01")}
    assert rewrite.join_sections(sections) == module(memory)


@pytest.mark.parametrize(
    ("wasm", "reason"),
    [
        (b"PK\x03\x04abcd", "do not start as a WebAssembly 1 module"),
        (module(section(5, b"\0"), section(5, b"\0")), "Section 5 comes twice."),
        (module(b"\x05\x09\x00"), "pass the end of their part"),
    ],
)
def test_what_is_no_module_is_refused(wasm, reason):
    with pytest.raises(WasmFormatError, match=reason):
        sections_of(wasm)


def test_imports_get_other_sources_and_keep_kind_and_place():
    body = vec(
        import_func("env", "f"),
        name("env") + name("t") + b"\x01\x70\x00\x05",
        name("env") + name("m") + b"\x02\x01\x01\x02",
        import_global("GOT.mem", "g", mutable=True),
        import_global("env", "__stack_pointer", mutable=True),
        name("env") + name("e") + b"\x04\x00\x00",
    )

    def source_of(entry):
        is_constant = entry.module == "GOT.mem"
        return Source("constants" if is_constant else "main", f"{entry.kind} {entry.name}", is_constant)

    redirected = rewrite.redirect_imports(body, source_of)
    assert redirected == vec(
        import_func("main", "func f"),
        name("main") + name("table t") + b"\x01\x70\x00\x05",
        name("main") + name("memory m") + b"\x02\x01\x01\x02",
        import_global("constants", "global g", mutable=False),
        import_global("main", "global __stack_pointer", mutable=True),
        name("main") + name("tag e") + b"\x04\x00\x00",
    )


def test_exports_are_renamed_or_left_out():
    body = vec(name("f") + b"\x00\x07", name("g") + b"\x03\x81\x00", name("memory") + b"\x02\x00")
    renamed = rewrite.rename_exports(body, lambda text, export: None if export.kind == "memory" else f"3:{text}")
    assert renamed == vec(name("3:f") + b"\x00\x07", name("3:g") + b"\x03\x81\x00")


def test_globals_get_values_and_become_immutable_but_for_some():
    body = vec(b"\x7f\x01" + i32_const(1), b"\x7f\x01" + i32_const(2), b"\x7e\x00\x42\x05\x0b")
    fixed = rewrite.fix_globals(body, {0: 0xFFFF_FFF0}, mutable=frozenset({1}))
    assert fixed == vec(b"\x7f\x00" + i32_const(-16), b"\x7f\x01" + i32_const(2), b"\x7e\x00\x42\x05\x0b")


def test_element_segments_are_placed():
    body = vec(b"\x00\x23\x02\x0b" + vec(u(300), u(4)), b"\x00\x23\x02\x41\x05\x6a\x0b" + vec(u(9)))
    placed = rewrite.place_elements(body, 1000)
    assert placed == vec(
        b"\x00" + i32_const(1000) + vec(u(300), u(4)),
        b"\x00" + i32_const(1005) + vec(u(9)),
    )


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        (b"\x01\x00" + vec(u(1)), "has a form that is not handled"),
        (b"\x00" + i32_const(3) + vec(u(1)), "is not relative to a global"),
    ],
)
def test_element_segments_of_other_forms_are_refused(segment, reason):
    with pytest.raises(WasmFormatError, match=reason):
        rewrite.place_elements(vec(segment), 1000)


def test_elements_are_added_behind_those_that_are_there():
    segment = b"\x00" + i32_const(1) + vec(u(2))
    added = rewrite.add_elements(vec(segment), {70: 200, 5: 6})
    assert added == vec(segment, b"\x00" + i32_const(70) + vec(u(200)), b"\x00" + i32_const(5) + vec(u(6)))


def test_minimum_sizes_are_set_and_maxima_stay():
    memory = rewrite.set_minimum(vec(b"\x01" + u(480) + u(65536)), 1198)
    table = rewrite.set_minimum(vec(b"\x70\x00\x03", b"\x6f\x00\x00"), 20000)
    read = read_module(module(section(4, table), section(5, memory)))
    assert read.memories == [Limits(1198, 65536)]
    assert read.tables == [Limits(20000, None), Limits(0, None)]


def test_limits_of_another_form_are_refused():
    with pytest.raises(WasmFormatError, match="Limits have flags 0x2"):
        rewrite.set_minimum(vec(b"\x70\x02\x01"), 2)


def test_a_function_body_is_found_and_replaced():
    bodies = [b"\x00\x0b", b"\x00" + b"\x01" * 200 + b"\x0b", b"\x00\x41\x07\x1a\x0b"]
    padded_size = b"\x82\x80\x00"  # a size may be longer than it need be
    body = u(3) + padded_size + bodies[0] + b"".join(u(len(b)) + b for b in bodies[1:])
    found = rewrite.find_body(body, 1)
    assert body[found.position : found.end] == bodies[1]
    replaced = rewrite.replace_body(body, 0, b"\x00\x01\x0b")
    assert replaced == u(3) + b"\x03\x00\x01\x0b" + b"".join(u(len(b)) + b for b in bodies[1:])
    with pytest.raises(WasmFormatError, match="There is no function 3"):
        rewrite.find_body(body, 3)


@pytest.mark.parametrize(
    ("segments", "active_only"),
    [
        ((), True),
        ((b"\x00" + i32_const(8) + vec(b"a", b"b"), b"\x02\x00" + i32_const(9) + vec(b"c")), True),
        ((b"\x00" + i32_const(8) + vec(b"a"), b"\x01" + vec(b"c")), False),
    ],
)
def test_passive_data_is_noticed(segments, active_only):
    assert rewrite.has_active_data_only(vec(*segments)) is active_only


def test_a_module_of_constants():
    read = read_module(rewrite.constants_module({"a": 0xFFFF_FFFF, "b:c": 64}))
    values = {text: read.globals[export.index] for text, export in read.exports.items()}
    assert {text: (g.mutable, g.init.i32_const) for text, g in values.items()} == {"a": (False, -1), "b:c": (False, 64)}


def test_a_data_segment_above_two_gigabytes():
    assert rewrite.data_segment(0x8000_0000, b"xy") == vec(b"\x00" + i32_const(-(2**31)) + vec(b"x", b"y"))
