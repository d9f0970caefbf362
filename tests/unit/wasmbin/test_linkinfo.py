import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.linkinfo import LinkExport, LinkImport, LinkInfo
from support.wasm_binary import MAGIC, custom, i32_const, import_func, import_global, module, name, section, u, vec

SIDE = module(
    custom("dylink.0", section(1, u(64) + u(4) + u(2) + u(0)) + section(4, vec(name("env") + name("host") + u(1)))),
    section(
        2,
        vec(
            import_func("env", "host"),
            import_global("env", "__memory_base"),
            import_global("env", "__table_base"),
            import_global("GOT.func", "later", mutable=True),
        ),
    ),
    section(3, vec(b"\x00", b"\x00", b"\x00")),
    section(6, vec(b"\x7f\x00" + i32_const(48), b"\x7f\x01" + i32_const(5), b"\x7f\x00\x23\x00\x0b")),
    section(
        7,
        vec(
            name("in_table") + b"\x00\x02",
            name("not_in_table") + b"\x00\x03",
            name("address") + b"\x03\x03",
            name("mutable") + b"\x03\x04",
            name("computed") + b"\x03\x05",
            name("imported") + b"\x03\x00",
        ),
    ),
    section(9, vec(b"\x00\x23\x01\x0b" + vec(b"\x01", b"\x02"))),
)


def test_link_info_of_a_side_module():
    info = LinkInfo.of(SIDE)
    assert info.imports == (
        LinkImport("env", "host", "func"),
        LinkImport("env", "__memory_base", "global"),
        LinkImport("env", "__table_base", "global"),
        LinkImport("GOT.func", "later", "global"),
    )
    assert info.exports == {
        "in_table": LinkExport("func", 1),
        "not_in_table": LinkExport("func", None),
        "address": LinkExport("global", 48),
        "mutable": LinkExport("global", None),
        "computed": LinkExport("global", None),
        "imported": LinkExport("global", None),
    }
    assert info.dylink is not None
    assert (info.dylink.memory_size, info.dylink.table_size) == (64, 2)
    assert info.dylink.weak_imports == {"host"}


def test_link_info_of_a_main_module_has_absolute_slots_and_unsigned_addresses():
    wasm = module(
        section(3, vec(b"\x00")),
        section(6, vec(b"\x7f\x00" + i32_const(-65536))),
        section(7, vec(name("f") + b"\x00\x00", name("top") + b"\x03\x00")),
        section(9, vec(b"\x00" + i32_const(100) + vec(b"\x00", b"\x00"), b"\x02\x01" + i32_const(0) + b"\0" + vec())),
    )
    info = LinkInfo.of(wasm)
    assert info.dylink is None
    assert info.exports == {"f": LinkExport("func", 100), "top": LinkExport("global", 0xFFFF_0000)}


@pytest.mark.parametrize("wasm", [SIDE, module()])
def test_link_info_survives_json(wasm):
    info = LinkInfo.of(wasm)
    assert LinkInfo.from_json(info.to_json()) == info
    assert LinkInfo.from_json(info.to_json().encode()) == info


@pytest.mark.parametrize(
    ("wasm", "message"),
    [
        (module(section(7, vec(name("f") + b"\x00\x00"))), "The export 'f' names function 0 of 0."),
        (module(section(7, vec(name("g") + b"\x03\x00"))), "The export 'g' names a global that is not there."),
        (
            module(section(9, vec(b"\x00\x23\x00\x0b" + vec()))),
            "An element segment starts at (('global.get', 0),).",
        ),
    ],
)
def test_link_info_refuses(wasm, message):
    with pytest.raises(WasmFormatError) as error:
        LinkInfo.of(wasm)
    assert str(error.value) == message


def _damaged(**changes):
    return json.dumps({**json.loads(LinkInfo.of(SIDE).to_json()), **changes})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        _damaged(format=2),
        _damaged(export_kinds="f"),
        _damaged(export_kinds="zzzzzz"),
        _damaged(import_modules=[7, 0, 0, 0]),
        _damaged(dylink={"sizes": [1]}),
        _damaged(dylink=5),
    ],
)
def test_from_json_refuses(text):
    with pytest.raises(WasmFormatError):
        LinkInfo.from_json(text)


@given(st.binary(max_size=200))
def test_link_info_never_raises_anything_else(data):
    for wasm in (data, MAGIC + data, SIDE[: len(data)] + data):
        try:
            LinkInfo.of(wasm)
        except WasmFormatError:
            continue


@given(st.integers(0, len(SIDE) - 1), st.integers(0, 255))
def test_link_info_survives_any_changed_byte(position, byte):
    try:
        LinkInfo.of(SIDE[:position] + bytes([byte]) + SIDE[position + 1 :])
    except WasmFormatError:
        return
