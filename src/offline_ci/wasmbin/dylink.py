"""The ``dylink.0`` custom section of a dynamically linked module.

Source: WebAssembly tool conventions, ``DynamicLinking.md``; emscripten 5.0.3 ``tools/webassembly.py``,
``parse_dylink_section``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin.cursor import Cursor

SECTION_NAME = "dylink.0"

_MEM_INFO, _NEEDED, _EXPORT_INFO, _IMPORT_INFO, _RUNTIME_PATH = 1, 2, 3, 4, 5

BINDING_MASK = 3
BINDING_WEAK = 1


@dataclass(frozen=True, slots=True)
class DylinkInfo:
    """What a module asks of the dynamic linker.

    Attributes:
        memory_size: bytes of static memory, .bss included.
        memory_align_log2: alignment of that memory, as a power of two.
        table_size: entries in the indirect function table.
        table_align_log2: alignment of those entries, as a power of two.
        needed: names of the libraries that must be loaded first, in order.
        export_info: symbol flags by export name.
        import_info: symbol flags by (module, name).
        runtime_paths: folders to look for ``needed`` in; ``$ORIGIN`` stands for the module's own.
    """

    memory_size: int = 0
    memory_align_log2: int = 0
    table_size: int = 0
    table_align_log2: int = 0
    needed: tuple[str, ...] = ()
    export_info: dict[str, int] = field(default_factory=dict)
    import_info: dict[tuple[str, str], int] = field(default_factory=dict)
    runtime_paths: tuple[str, ...] = ()

    @property
    def weak_imports(self) -> frozenset[str]:
        """Names that may stay unresolved (value 0)."""
        return frozenset(name for (_, name), flags in self.import_info.items() if flags & BINDING_MASK == BINDING_WEAK)


def read_dylink(section: bytes) -> DylinkInfo:
    """Read the section's contents (without its name).

    Unknown subsections are skipped, as the tool conventions ask.

    Raises:
        WasmFormatError: a subsection is cut off, repeated or too long.
    """
    cursor = Cursor(section, 0, len(section))
    parts: dict[int, Cursor] = {}
    while cursor.remaining:
        kind, part = cursor.byte(), cursor.part()
        if kind in parts:
            raise WasmFormatError(f"The dylink.0 subsection {kind} comes twice.")
        parts[kind] = part
    info = _read_info(parts)
    for kind in (_MEM_INFO, _NEEDED, _EXPORT_INFO, _IMPORT_INFO, _RUNTIME_PATH):
        if kind in parts:
            parts[kind].finish(f"The dylink.0 subsection {kind}")
    return info


def _read_info(parts: dict[int, Cursor]) -> DylinkInfo:
    sizes = (0, 0, 0, 0)
    if mem := parts.get(_MEM_INFO):
        sizes = (mem.u32(), mem.u32(), mem.u32(), mem.u32())
        if max(sizes[1], sizes[3]) > 31:
            raise WasmFormatError(f"The dylink.0 section asks for an alignment of 2**{max(sizes[1], sizes[3])}.")
    needed = parts.get(_NEEDED)
    exports = parts.get(_EXPORT_INFO)
    imports = parts.get(_IMPORT_INFO)
    paths = parts.get(_RUNTIME_PATH)
    return DylinkInfo(
        *sizes,
        needed=tuple(needed.name() for _ in range(needed.count())) if needed else (),
        export_info={exports.name(): exports.u32() for _ in range(exports.count())} if exports else {},
        import_info=(
            {(imports.name(), imports.name()): imports.u32() for _ in range(imports.count())} if imports else {}
        ),
        runtime_paths=tuple(paths.name() for _ in range(paths.count())) if paths else (),
    )
