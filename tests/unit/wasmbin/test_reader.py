import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.constexpr import MAX_INSTRUCTIONS
from offline_ci.wasmbin.reader import ElementSegment, Export, Global, Import, Limits, read_module
from support.wasm_binary import MAGIC, custom, i32_const, import_func, import_global, module, name, section, u, vec


def test_read_module_empty():
    read = read_module(module())
    assert (read.imports, read.exports, read.elements, read.customs) == ([], {}, [], {})


def test_read_module_imports_of_every_kind():
    read = read_module(
        module(
            section(
                2,
                vec(
                    import_func("env", "f"),
                    name("env") + name("t") + b"\x01\x70\x00\x05",
                    name("env") + name("m") + b"\x02\x01\x01\x02",
                    import_global("GOT.mem", "g", mutable=True),
                    name("env") + name("e") + b"\x04\x00\x00",
                ),
            )
        )
    )
    assert read.imports == [
        Import("env", "f", "func"),
        Import("env", "t", "table"),
        Import("env", "m", "memory"),
        Import("GOT.mem", "g", "global"),
        Import("env", "e", "tag"),
    ]
    assert read.n_imported("global") == 1


def test_read_module_definitions():
    wasm = module(
        custom("note", b"hello"),
        section(3, vec(b"\x00", b"\x00")),
        section(4, vec(b"\x70\x00\x03", b"\x40\x00\x63\x70\x01\x01\x02\xd0\x70\x0b")),
        section(5, vec(b"\x05\x01\x02")),
        section(6, vec(b"\x7f\x00" + i32_const(-8), b"\x7e\x01\x42\x07\x0b")),
        section(7, vec(name("f") + b"\x00\x01", name("g") + b"\x03\x00")),
    )
    read = read_module(wasm)
    assert read.n_functions == 2
    assert read.tables == [Limits(3, None), Limits(1, 2)]
    assert read.memories == [Limits(1, 2)]
    assert [(g.type, g.mutable, g.init.i32_const) for g in read.globals] == [("i32", False, -8), ("i64", True, None)]
    assert read.exports == {"f": Export("func", 1), "g": Export("global", 0)}
    assert read.customs == {"note": b"hello"}
    assert isinstance(read.globals[0], Global)


def test_read_module_element_segments_of_every_form():
    segments = vec(
        b"\x00" + i32_const(1) + vec(b"\x07"),  # active, functions
        b"\x01\x00" + vec(b"\x08"),  # passive
        b"\x02\x01" + i32_const(2) + b"\x00" + vec(b"\x09"),  # active, explicit table
        b"\x03\x00" + vec(b"\x0a"),  # declarative
        b"\x04" + i32_const(3) + vec(b"\xd2\x0b\x0b", b"\xd0\x70\x0b"),  # active, expressions
        b"\x05\x70" + vec(b"\xd2\x0c\x0b"),  # passive, expressions
        b"\x06\x00" + i32_const(4) + b"\x70" + vec(b"\xd2\x0d\x0b"),
        b"\x07\x70" + vec(),
    )
    read = read_module(module(section(9, segments)))
    assert [(e.table, e.offset and e.offset.i32_const, e.functions) for e in read.elements] == [
        (0, 1, (7,)),
        (0, None, (8,)),
        (1, 2, (9,)),
        (0, None, (10,)),
        (0, 3, (11, None)),
        (0, None, (12,)),
        (0, 4, (13,)),
        (0, None, ()),
    ]
    assert isinstance(read.elements[0], ElementSegment)


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (b"", "The bytes do not start as a WebAssembly 1 module does."),
        (b"\x7fELF\x02\x01\x01\x00", "The bytes do not start as a WebAssembly 1 module does."),
        (MAGIC + b"\x63\x00", "There is no section 99."),
        (module(section(7, vec()), section(3, vec())), "Section 3 comes twice or too late."),
        (module(section(7, vec()), section(7, vec())), "Section 7 comes twice or too late."),
        (MAGIC + b"\x07\x05\x00", "5 bytes at byte 10 pass the end of their part, byte 11."),
        (module(section(7, vec() + b"\x00")), "Section 7 has 1 bytes too many at byte 11."),
        (module(section(7, b"\xff\xff\x03")), "The vector at byte 10 claims 65535 elements in 0 bytes."),
        (
            module(section(7, vec(name("x") + b"\x00\x00", name("x") + b"\x00\x00"))),
            "The export 'x' is defined twice.",
        ),
        (module(section(7, vec(b"\x02\xff\xfe\x00\x00"))), "The name at byte 11 is not UTF-8."),
        (module(section(7, vec(name("x") + b"\x05\x00"))), "There is no kind 5 of import or export (byte 13)."),
        (module(section(6, vec(b"\x50\x00" + i32_const(0)))), "There is no value type 0x50 (byte 11)."),
        (module(section(6, vec(b"\x7f\x02" + i32_const(0)))), "A global's mutability is 2 at byte 12."),
        (module(section(6, vec(b"\x7f\x00\x10\x00\x0b"))), "The instruction 0x10 at byte 13 is not constant."),
        (module(section(6, vec(b"\x7f\x00\x41"))), "The 32-bit integer at byte 14 is cut off."),
        (module(section(5, vec(b"\x08\x01"))), "Limits at byte 11 have unknown flags 0x8."),
        (module(section(5, vec(b"\x01\x03\x02"))), "Limits end at 2, below their minimum 3."),
        (module(section(9, vec(b"\x08"))), "An element segment has unknown flags 0x8 at byte 11."),
        (module(section(9, vec(b"\x01\x01"))), "An element segment has an unknown kind at byte 12."),
        (module(section(2, vec(name("") + name("") + b"\x04\x01\x00"))), "A tag has an unknown attribute at byte 14."),
        (module(section(4, vec(b"\x40\x01"))), "A table has an unknown form at byte 11."),
    ],
)
def test_read_module_refuses(wasm, message):
    with pytest.raises(WasmFormatError) as error:
        read_module(wasm)
    assert str(error.value) == message


def test_constant_expressions_are_bounded():
    endless = b"\x41\x00" * (MAX_INSTRUCTIONS + 1) + b"\x0b"
    with pytest.raises(WasmFormatError, match="does not end"):
        read_module(module(section(6, vec(b"\x7f\x00" + endless))))


def test_constant_expression_immediates():
    expressions = [
        b"\x43\0\0\x80\x3f\x0b",
        b"\x44\0\0\0\0\0\0\xf0\x3f\x0b",
        b"\xfd\x0c" + b"\x01" + bytes(15) + b"\x0b",
        b"\x23\x02\x41\x04\x6a\x0b",
    ]
    read = read_module(module(section(6, vec(*(b"\x7f\x00" + e for e in expressions)))))
    assert [g.init.instructions for g in read.globals] == [
        (("f32.const", 0x3F800000),),
        (("f64.const", 0x3FF0000000000000),),
        (("v128.const", 1),),
        (("global.get", 2), ("i32.const", 4), ("i32.add", None)),
    ]
    assert read.globals[3].init.find_global_plus_constant() == (2, 4)
    assert read.globals[0].init.find_global_plus_constant() is None


@given(st.binary(max_size=200))
def test_read_module_never_raises_anything_else(data):
    for wasm in (data, MAGIC + data):
        try:
            read_module(wasm)
        except WasmFormatError:
            continue


@given(st.sampled_from([2, 3, 4, 5, 6, 7, 9]), st.binary(max_size=80), st.integers(1, 3))
def test_read_module_survives_any_section(number, body, count):
    try:
        read_module(module(section(number, u(count) + body)))
    except WasmFormatError:
        return
