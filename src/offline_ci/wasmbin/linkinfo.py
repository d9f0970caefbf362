"""What the dynamic linker must know of a module, small enough to load in a millisecond or two.

The engine gives a module's imports and exports by name and type, but not where a function sits in the module's own
part of the indirect function table, nor the value of an exported address. Both are read once, at build time, and kept
as JSON beside the compiled module.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from offline_ci.errors import WasmFormatError
from offline_ci.wasmbin import dylink as dylink_section
from offline_ci.wasmbin.dylink import DylinkInfo, read_dylink

if TYPE_CHECKING:
    from offline_ci.wasmbin.reader import ExternKind, Module

_FORMAT = 1
_KIND_OF_LETTER: dict[str, ExternKind] = {"f": "func", "t": "table", "m": "memory", "g": "global", "e": "tag"}
_LETTER_OF_KIND = {kind: letter for letter, kind in _KIND_OF_LETTER.items()}


class LinkImport(NamedTuple):
    """One import."""

    module: str
    name: str
    kind: ExternKind


class LinkExport(NamedTuple):
    """One export.

    Attributes:
        kind: what it is.
        value: of a function, its slot in the module's element segments, absolute in the main module and relative to
            ``__table_base`` in a side module, None if it has none; of an immutable ``i32.const`` global, its value as
            an unsigned integer, relative to ``__memory_base`` in a side module; None for anything else.
    """

    kind: ExternKind
    value: int | None


@dataclass(frozen=True, slots=True)
class LinkInfo:
    """Imports in the module's order, exports by name, and the ``dylink.0`` section where there is one."""

    imports: tuple[LinkImport, ...]
    exports: dict[str, LinkExport]
    dylink: DylinkInfo | None

    @classmethod
    def of(cls, wasm: bytes) -> LinkInfo:
        """Read a binary module.

        Raises:
            WasmFormatError: the bytes are not a well-formed module, or place functions where no linker could.
        """
        from offline_ci.wasmbin.reader import read_module  # a start only reads what ``to_json`` wrote

        module = read_module(wasm)
        section = module.customs.get(dylink_section.SECTION_NAME)
        slots = _function_slots(module)
        return cls(
            imports=tuple(LinkImport(entry.module, entry.name, entry.kind) for entry in module.imports),
            exports=_exports(module, slots),
            dylink=None if section is None else read_dylink(section),
        )

    def to_json(self) -> str:
        """Compact JSON: parallel lists, one letter a kind."""
        modules = list(dict.fromkeys(entry.module for entry in self.imports))
        document: dict[str, Any] = {
            "format": _FORMAT,
            "modules": modules,
            "import_modules": [modules.index(entry.module) for entry in self.imports],
            "import_names": [entry.name for entry in self.imports],
            "import_kinds": "".join(_LETTER_OF_KIND[entry.kind] for entry in self.imports),
            "export_names": list(self.exports),
            "export_kinds": "".join(_LETTER_OF_KIND[entry.kind] for entry in self.exports.values()),
            "export_values": [entry.value for entry in self.exports.values()],
        }
        if self.dylink is not None:
            document["dylink"] = _dylink_to_json(self.dylink)
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> LinkInfo:
        """Read what ``to_json`` wrote.

        Raises:
            WasmFormatError: the text is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != _FORMAT:
                raise WasmFormatError(f"The link information has format {document['format']}, not {_FORMAT}.")
            modules = document["modules"]
            kinds = _KIND_OF_LETTER.__getitem__
            imports = zip(
                map(modules.__getitem__, document["import_modules"]),
                document["import_names"],
                map(kinds, document["import_kinds"]),
                strict=True,
            )
            values = zip(map(kinds, document["export_kinds"]), document["export_values"], strict=True)
            # LinkExport._make takes twice the time, and the main module has thousands of exports.
            exports = map(tuple.__new__, repeat(LinkExport), values)
            return cls(
                imports=tuple(map(LinkImport._make, imports)),
                exports=dict(zip(document["export_names"], exports, strict=True)),
                dylink=_dylink_from_json(document["dylink"]) if "dylink" in document else None,
            )
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise WasmFormatError(f"The link information cannot be read: {error}.") from error


def _function_slots(module: Module) -> dict[int, int]:
    """First slot of each function in the active segments for table 0."""
    n_imported_globals = module.n_imported("global")
    slots: dict[int, int] = {}
    for segment in module.elements:
        if segment.offset is None or segment.table != 0:
            continue
        base = segment.offset.i32_const
        if base is None:
            relative = segment.offset.find_global_plus_constant()
            # A side module's segments start at __table_base, an import; nothing else is known at link time.
            if relative is None or relative[0] >= n_imported_globals:
                raise WasmFormatError(f"An element segment starts at {segment.offset.instructions}.")
            base = relative[1]
        for slot, function in enumerate(segment.functions, base & 0xFFFF_FFFF):
            if function is not None:
                slots.setdefault(function, slot)
    return slots


def _exports(module: Module, slots: dict[int, int]) -> dict[str, LinkExport]:
    n_imported_globals = module.n_imported("global")
    n_functions = module.n_imported("func") + module.n_functions
    exports: dict[str, LinkExport] = {}
    for name, export in module.exports.items():
        value: int | None = None
        if export.kind == "func":
            if export.index >= n_functions:
                raise WasmFormatError(f"The export {name!r} names function {export.index} of {n_functions}.")
            value = slots.get(export.index)
        elif export.kind == "global" and export.index >= n_imported_globals:
            index = export.index - n_imported_globals
            if index >= len(module.globals):
                raise WasmFormatError(f"The export {name!r} names a global that is not there.")
            definition = module.globals[index]
            constant = None if definition.mutable else definition.init.i32_const
            value = None if constant is None else constant & 0xFFFF_FFFF
        exports[name] = LinkExport(export.kind, value)
    return exports


def _dylink_to_json(info: DylinkInfo) -> dict[str, Any]:
    return {
        "sizes": [info.memory_size, info.memory_align_log2, info.table_size, info.table_align_log2],
        "needed": info.needed,
        "export_info": info.export_info,
        "import_info": [[module, name, flags] for (module, name), flags in info.import_info.items()],
        "runtime_paths": info.runtime_paths,
    }


def _dylink_from_json(document: dict[str, Any]) -> DylinkInfo:
    memory_size, memory_align_log2, table_size, table_align_log2 = document["sizes"]
    return DylinkInfo(
        memory_size,
        memory_align_log2,
        table_size,
        table_align_log2,
        needed=tuple(document["needed"]),
        export_info=document["export_info"],
        import_info={(module, name): flags for module, name, flags in document["import_info"]},
        runtime_paths=tuple(document["runtime_paths"]),
    )
