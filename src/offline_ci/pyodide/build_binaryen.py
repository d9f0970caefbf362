"""Binaryen's tools out of its npm package.

The package's ``bin/wasm-opt`` is an Emscripten program for Node: JavaScript with the WebAssembly module inside, as a
string literal. We take the module and the two tables that tell what its shortened import and export names stand for;
the JavaScript itself is never run.
"""

from __future__ import annotations

import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from offline_ci.errors import RuntimeBuildError

_LITERAL_START = "binaryDecode('"
_CLOSING_QUOTE = re.compile(r"(?<!\\)(?:\\\\)*'")
_COMMON_ESCAPES = (("\\n", "\n"), ("\\r", "\r"), ("\\'", "'"))
_ESCAPE = re.compile(r"\\(?:x(..)|u(....)|(.))", re.DOTALL)
_ESCAPES = {"t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_IMPORTS = re.compile(r"var wasmImports=\{([^}]*)\}")
_IMPORT = re.compile(r"([\w$]+):(\w+)")
_EXPORTS = re.compile(r"function assignWasmExports\(wasmExports\)\{([^}]*)\}")
_EXPORT = re.compile(r'(\w+)=(?:[\w"\[\]]+=)?wasmExports\["(\w+)"\]')
_CONSTRUCTORS = re.compile(r'TTY\.init\(\);wasmExports\["(\w+)"\]\(\)')


@dataclass(frozen=True, slots=True)
class ToolBinary:
    """One tool.

    Attributes:
        wasm: its module.
        symbols: what its shortened import names stand for, without C's leading underscore.
        exports: its shortened export names by symbol; ``__wasm_call_ctors`` among them.
    """

    wasm: bytes
    symbols: dict[str, str]
    exports: dict[str, str]


def extract_tool(package: Path, tool: str) -> ToolBinary:
    """Take one tool out of the npm package.

    Args:
        package: the tarball; whoever calls has verified its digest.
        tool: ``wasm-opt`` or ``wasm-merge``.

    Raises:
        RuntimeBuildError: the package is not built the way we know.
    """
    try:
        with tarfile.open(package) as archive:
            member = archive.extractfile(f"package/bin/{tool}")
            text = member.read().decode("utf-8") if member else ""
    except (OSError, KeyError, tarfile.TarError, EOFError, UnicodeDecodeError) as error:
        raise _unknown(package, tool, str(error)) from error
    start = text.find(_LITERAL_START)
    if start < 0:
        raise _unknown(package, tool, "there is no module inside")
    wasm, end = _decode_literal(text, start + len(_LITERAL_START))
    glue = text[:start] + text[end:]
    imports, exports = _IMPORTS.search(glue), _EXPORTS.search(glue)
    constructors = _CONSTRUCTORS.search(glue)
    if wasm is None or imports is None or exports is None or constructors is None:
        raise _unknown(package, tool, "its JavaScript has another form")
    return ToolBinary(
        wasm=wasm,
        symbols={short: _c_name(symbol) for short, symbol in _IMPORT.findall(imports[1])},
        exports={
            **{_c_name(symbol): short for symbol, short in _EXPORT.findall(exports[1])},
            "__wasm_call_ctors": constructors[1],
        },
    )


def _decode_literal(text: str, start: int) -> tuple[bytes | None, int]:
    """Bytes of the string literal that starts there, and the offset of its closing quote.

    Emscripten writes byte 0 as the character U+0100, and any other byte as the character of that number.
    """
    end = _CLOSING_QUOTE.search(text, start)
    if end is None:
        return None, len(text)
    # Ten million characters: what is common is left to str's own methods. Between escaped backslashes, a backslash
    # begins an escape.
    parts = [_unescape(part) for part in text[start : end.end() - 1].split("\\\\")]
    try:
        return "\\".join(parts).replace("\u0100", "\0").encode("latin-1"), end.end() - 1
    except UnicodeEncodeError:
        return None, end.end() - 1


def _unescape(text: str) -> str:
    for escape, char in _COMMON_ESCAPES:
        text = text.replace(escape, char)
    return _ESCAPE.sub(_escaped_char, text) if "\\" in text else text


def _escaped_char(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])


def _c_name(symbol: str) -> str:
    # JavaScript names of C symbols have one underscore in front; the linker's own names are left as they are.
    return symbol if symbol == "__indirect_function_table" else symbol.removeprefix("_")


def _unknown(package: Path, tool: str, reason: str) -> RuntimeBuildError:
    return RuntimeBuildError(
        f"{tool} cannot be taken out of {package.name}: {reason}.", hint="Run: offline-ci runtime fetch"
    )
