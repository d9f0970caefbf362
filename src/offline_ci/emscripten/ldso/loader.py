"""Loading side modules: allocate, resolve, instantiate, relocate, construct."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import partial

from offline_ci.emscripten.ldso.dso import Dso, LibraryProvider, SideModule
from offline_ci.emscripten.ldso.state import LibraryState, LinkState
from offline_ci.emscripten.ports import Extern, FuncRef, GuestPtr, InstanceRef, LinkableInstance
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.errors import LinkError
from offline_ci.wasmbin.linkinfo import LinkExport, LinkInfo

MAIN = "(main)"
GOT_MODULES = frozenset({"GOT.func", "GOT.mem"})


class DynamicLinker:
    """One process's loaded libraries.

    Args:
        instance: the main module's instance.
        main: what it imports and exports; or a function that reads it when it is first needed.
        provider: where libraries come from.
        exists: whether the guest's file system has a file at that path.
    """

    def __init__(
        self,
        instance: LinkableInstance,
        main: LinkInfo | Callable[[], LinkInfo],
        provider: LibraryProvider,
        exists: Callable[[str], bool],
    ) -> None:
        self._instance = instance
        self._provider = provider
        self._exists = exists
        self.main = Dso(MAIN, main, is_global=True)
        self.loaded: dict[str, Dso] = {}
        self.handles: dict[GuestPtr, Dso] = {}
        self.host_slots: dict[str, int] = {}

    # --- symbols

    def find_symbol(self, name: str, dso: Dso | None = None) -> tuple[Dso, LinkExport] | None:
        """Resolve in the order main, global libraries, the library's dependencies, the library itself."""
        export = self.main.link.exports.get(name)
        if export is not None:
            return self.main, export
        for candidate in self.loaded.values():
            if candidate.is_global and (export := candidate.link.exports.get(name)) is not None:
                return candidate, export
        if dso is not None:
            for candidate in (*dso.needed, dso):
                if (export := candidate.link.exports.get(name)) is not None:
                    return candidate, export
        return None

    def address_of(self, dso: Dso, name: str) -> GuestPtr:
        """Where a symbol is: a data address, or a function's table index.

        Raises:
            LinkError: the symbol has no address (a mutable global, a tag).
        """
        export = dso.link.exports[name]
        if export.kind == "func":
            return self._function_index(dso, name, export)
        if export.value is None:
            raise LinkError(f"The symbol {name} of {dso.name} has no address.")
        return (dso.memory_base + export.value) & 0xFFFFFFFF

    def _function_index(self, dso: Dso, name: str, export: LinkExport) -> int:
        if export.value is not None:
            return dso.table_base + export.value
        index = dso.slots.get(name)
        if index is None:
            index = dso.slots[name] = self._instance.table_append(self._instance.function(dso.instance, name))
        return index

    def find_host_address(self, name: str) -> int | None:
        """The table index of a host function, given one on first use; None where the host has no such function."""
        index = self.host_slots.get(name)
        if index is None and (func := self._instance.find_host_function(name)) is not None:
            index = self.host_slots[name] = self._instance.table_append(func)
        return index

    # --- restoring

    def adopt(self, state: LinkState, instance_of: Callable[[str], InstanceRef]) -> None:
        """Take over what is linked into the instance already: it came from an image of ``state``.

        Args:
            state: of the image.
            instance_of: a library's part of the image, by its name.
        """
        for library in state.libraries:
            dso = self._restored(library, partial(self._provider.link, library.name))
            dso.instance = instance_of(library.name)
            self.loaded[dso.name] = dso
        self._adopt_names(state)

    def replay(self, state: LinkState, adopted: LinkState | None) -> None:
        """Link what ``state`` has and the instance has not, at the same places; memory must be restored afterwards.

        Args:
            state: of the guest that is restored.
            adopted: what the image brought and ``adopt`` took over.

        Raises:
            LinkError: a library is gone.
        """
        self._instance.table_grow(state.table_size - self._instance.table_size())
        for library in state.libraries:
            known = self.loaded.get(library.name)
            if known is None:
                self._replay_library(library)
            else:
                known.is_global, known.slots = library.is_global, dict(library.slots)
        before = {library.name: library for library in adopted.libraries} if adopted else {}
        for library in state.libraries:
            dso, old = self.loaded[library.name], before.get(library.name)
            self._set_slots(library.slots, old.slots if old else {}, partial(self._instance.function, dso.instance))
        old_main, old_host = (adopted.main_slots, adopted.host_slots) if adopted else ({}, {})
        self._set_slots(state.main_slots, old_main, partial(self._instance.function, None))
        self._set_slots(state.host_slots, old_host, self._instance.find_host_function)
        self._adopt_names(state)

    def _adopt_names(self, state: LinkState) -> None:
        self.handles = {pointer: self.loaded[name] for pointer, name in state.handles.items()}
        self.main.slots, self.host_slots = dict(state.main_slots), dict(state.host_slots)

    def _restored(self, library: LibraryState, link: LinkInfo | Callable[[], LinkInfo]) -> Dso:
        return Dso.restored(library, link, [self.loaded[name] for name in library.needed])

    def _replay_library(self, library: LibraryState) -> None:
        side = self._provider.find(library.name)
        if side is None:
            raise LinkError(f"{library.name} is not a library of the installed runtime.")
        dso = self._restored(library, side.link)
        imports = [
            self._instance.new_global(dso.got[entry.module, entry.name], mutable=True)
            if entry.module in GOT_MODULES
            else self._import(dso, side, index, entry.module, entry.name, entry.kind)
            for index, entry in enumerate(side.link.imports)
        ]
        dso.instance = self._instance.instantiate_side(side.module, imports)
        self.loaded[dso.name] = dso

    def _set_slots(
        self, slots: Mapping[str, int], baked: Mapping[str, int], find: Callable[[str], FuncRef | None]
    ) -> None:
        for name, index in slots.items():
            if name not in baked and (func := find(name)) is not None:
                self._instance.table_set(index, func)

    # --- loading

    def load(self, path: str, *, is_global: bool) -> Dso:
        """Load a library and what it needs; a second call finds it loaded.

        Raises:
            LinkError: there is no such library, no memory for it, or an import has the wrong type.
        """
        dso = self.loaded.get(path)
        if dso is not None:
            dso.is_global = dso.is_global or is_global
            return dso
        side = self._provider.find(path)
        if side is None:
            raise LinkError(f"{path} is not a library of the installed runtime.")
        dylink = side.link.dylink
        if dylink is None:
            raise LinkError(f"{path} has no dylink.0 section: it is not a side module.")
        needed = [
            self.load(self._locate(name, path, dylink.runtime_paths), is_global=is_global) for name in dylink.needed
        ]
        dso = Dso(path, side.link, is_global=is_global, needed=needed)
        dso.memory_base = self._allocate(path, dylink.memory_size, dylink.memory_align_log2)
        dso.table_base = self._instance.table_grow(dylink.table_size) if dylink.table_size else 0
        self._link(dso, side)
        return dso

    def _locate(self, name: str, path: str, runtime_paths: tuple[str, ...]) -> str:
        origin = posixpath.dirname(path)
        for folder in (*(p.replace("$ORIGIN", origin) for p in runtime_paths), origin, "/lib"):
            candidate = posixpath.normpath(posixpath.join(folder, name))
            if candidate in self.loaded or self._exists(candidate):
                return candidate
        raise LinkError(f"{path} needs {name}, which is nowhere on its search path.")

    def _allocate(self, path: str, size: int, align_log2: int) -> GuestPtr:
        if not size:
            return 0
        align = 1 << align_log2
        block = self._instance.call("calloc", size + align, 1) & 0xFFFFFFFF
        if not block:
            raise LinkError(f"There is no memory left to load {path}.")
        return (block + align - 1) & -align

    def _link(self, dso: Dso, side: SideModule) -> None:
        later: list[tuple[str, str, Extern]] = []
        imports = [
            self._got_entry(dso, entry.module, entry.name, later)
            if entry.module in GOT_MODULES
            else self._import(dso, side, index, entry.module, entry.name, entry.kind)
            for index, entry in enumerate(side.link.imports)
        ]
        dso.instance = self._instance.instantiate_side(side.module, imports)
        self.loaded[dso.name] = dso
        for module, name, extern in later:
            value = dso.got[module, name] = self.address_of(dso, name)
            self._instance.set_global(extern, value)
        for name in ("__wasm_apply_data_relocs", "__wasm_call_ctors"):
            if name in dso.link.exports:
                self._instance.call_function(self._instance.function(dso.instance, name))

    def _import(self, dso: Dso, side: SideModule, index: int, module: str, name: str, kind: str) -> Extern:
        if kind == "func":
            return self._instance.as_extern(self._function_import(dso, side, index, name))
        if name == "__memory_base":
            return self._instance.new_global(dso.memory_base, mutable=False)
        if name == "__table_base":
            return self._instance.new_global(dso.table_base, mutable=False)
        extern = self._instance.find_main_export(name)
        if extern is None:
            raise LinkError(f"{dso.name} imports {module}.{name} ({kind}), which the main module does not export.")
        return extern

    def _got_entry(self, dso: Dso, module: str, name: str, later: list[tuple[str, str, Extern]]) -> Extern:
        found = self.find_symbol(name, dso)
        if found is None:
            # A weak symbol that nobody defines is null. So is a strong one: as in Emscripten, its use traps.
            value = (self.find_host_address(name) if module == "GOT.func" else None) or 0
        elif found[0] is dso:  # known only after instantiation
            value = 0
        else:
            value = self.address_of(found[0], name)
        extern = self._instance.new_global(value, mutable=True)
        if found is not None and found[0] is dso:
            later.append((module, name, extern))
        dso.got[module, name] = value
        return extern

    def _function_import(self, dso: Dso, side: SideModule, index: int, name: str) -> FuncRef:
        func = self._instance.find_host_function(name)
        if func is not None:
            return func
        found = self.find_symbol(name, dso)
        if found is not None and found[0] is not dso:
            return self._instance.function(found[0].instance, name)
        return self._instance.import_stub(side.module, index, self._late_binding(dso, name))

    def _late_binding(self, dso: Dso, name: str) -> Callable[..., int]:
        """A function that nobody defines yet; looked up again when it is called, as Emscripten's stubs do."""

        def call(*args: int) -> int:
            found = self.find_symbol(name, dso)
            if found is None:
                raise GuestTrap("other", f"the function {name}, which {dso.name} needs, exists nowhere")
            func = self._instance.function(found[0].instance, name)
            if len(args) != len(self._instance.function_type(func)) - 1:
                raise GuestTrap("other", f"the function {name} takes other arguments than {dso.name} gives")
            return self._instance.call_function(func, *args)

        return call
