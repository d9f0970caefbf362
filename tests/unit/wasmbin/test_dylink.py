import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.dylink import DylinkInfo, read_dylink
from support.wasm_binary import name, section, u, vec


def test_read_dylink_everything():
    data = (
        section(1, u(1000) + u(4) + u(20) + u(0))
        + section(2, vec(name("liba.so"), name("libb.so")))
        + section(3, vec(name("data") + u(0x100)))
        + section(4, vec(name("env") + name("maybe") + u(1), name("env") + name("surely") + u(0)))
        + section(5, vec(name("$ORIGIN/../x.libs")))
    )
    info = read_dylink(data)
    assert info == DylinkInfo(
        memory_size=1000,
        memory_align_log2=4,
        table_size=20,
        table_align_log2=0,
        needed=("liba.so", "libb.so"),
        export_info={"data": 0x100},
        import_info={("env", "maybe"): 1, ("env", "surely"): 0},
        runtime_paths=("$ORIGIN/../x.libs",),
    )
    assert info.weak_imports == {"maybe"}


def test_read_dylink_skips_unknown_subsections():
    assert read_dylink(section(99, b"whatever") + section(1, bytes(4))) == DylinkInfo()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (section(1, bytes(4)) + section(1, bytes(4)), "The dylink.0 subsection 1 comes twice."),
        (section(1, bytes(5)), "The dylink.0 subsection 1 has 1 bytes too many at byte 6."),
        (section(1, bytes(2)), "The 32-bit integer at byte 4 is cut off."),
        (section(1, b"\x00\x20\x00\x00"), "The dylink.0 section asks for an alignment of 2**32."),
        (b"\x01\x07", "7 bytes at byte 2 pass the end of their part, byte 2."),
    ],
)
def test_read_dylink_refuses(data, message):
    with pytest.raises(WasmFormatError) as error:
        read_dylink(data)
    assert str(error.value) == message


@given(st.binary(max_size=120))
def test_read_dylink_never_raises_anything_else(data):
    try:
        read_dylink(data)
    except WasmFormatError:
        return
