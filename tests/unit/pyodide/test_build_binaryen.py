import io
import tarfile

import pytest

from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.build_binaryen import extract_tool

WASM = b"\0asm\x01\0\0\0" + bytes(range(256)) + b"'\\\n\r"
GLUE = (
    "function findWasmBinary(){{return binaryDecode('{literal}')}}"
    'function initRuntime(){{TTY.init();wasmExports["Fa"]();}}'
    'function assignWasmExports(wasmExports){{_main=Module["_main"]=wasmExports["Ga"];_setThrew=wasmExports["Ka"];'
    '__emscripten_stack_alloc=wasmExports["Na"];memory=wasmMemory=wasmExports["Ea"];'
    '__indirect_function_table=wasmTable=wasmExports["Ia"]}}'
    "var wasmImports={{b:___assert_fail,$:invoke_vi,_:_fd_read,ya:___syscall_openat}};"
)


def as_literal(data):
    text = data.decode("latin-1").replace("\0", "\u0100")
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\x0d")


def package(tmp_path, text, member="package/bin/wasm-opt"):
    path = tmp_path / "binaryen-132.0.0.tgz"
    data = text.encode()
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return path


def test_extract_tool(tmp_path):
    tool = extract_tool(package(tmp_path, GLUE.format(literal=as_literal(WASM))), "wasm-opt")
    assert tool.wasm == WASM
    assert tool.symbols == {"b": "__assert_fail", "$": "invoke_vi", "_": "fd_read", "ya": "__syscall_openat"}
    assert tool.exports == {
        "main": "Ga",
        "setThrew": "Ka",
        "_emscripten_stack_alloc": "Na",
        "memory": "Ea",
        "__indirect_function_table": "Ia",
        "__wasm_call_ctors": "Fa",
    }


@pytest.mark.parametrize(
    ("text", "member", "reason"),
    [
        ("", "package/bin/wasm-opt", "there is no module inside"),
        (GLUE.format(literal="abc").replace("wasmImports", "other"), "package/bin/wasm-opt", "has another form"),
        ("binaryDecode('never ends", "package/bin/wasm-opt", "has another form"),
        (GLUE.format(literal="\u2028"), "package/bin/wasm-opt", "has another form"),
        (GLUE.format(literal="abc"), "package/bin/other", "not found"),
    ],
)
def test_extract_tool_refuses_what_it_does_not_know(tmp_path, text, member, reason):
    with pytest.raises(RuntimeBuildError) as error:
        extract_tool(package(tmp_path, text, member), "wasm-opt")
    assert str(error.value).startswith("wasm-opt cannot be taken out of binaryen-132.0.0.tgz: ")
    assert reason in str(error.value)


def test_extract_tool_refuses_what_is_no_tarball(tmp_path):
    path = tmp_path / "binaryen.tgz"
    path.write_bytes(b"nonsense")
    with pytest.raises(RuntimeBuildError):
        extract_tool(path, "wasm-opt")
    with pytest.raises(RuntimeBuildError):
        extract_tool(tmp_path / "missing.tgz", "wasm-opt")
