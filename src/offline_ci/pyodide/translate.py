"""The distribution's modules as wasmtime wants them.

Two things are in the way. The modules use the first version of WebAssembly's exceptions, which wasmtime never had; and
some C++ modules import from ``env`` what they export themselves: weak symbols, one definition of which the dynamic
linker would pick. Binaryen's ``wasm-opt`` translates the former, ``wasm-merge`` binds the latter. A module that needs
neither is used byte for byte as published.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from offline_ci.artifacts.store import Store
from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.engine.binaryen import Tool, ToolInterface
from offline_ci.engine.compile_cache import compile_wasm, load_compiled
from offline_ci.engine.config import engine_key
from offline_ci.engine.validate import find_refusal
from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.build_binaryen import extract_tool
from offline_ci.pyodide.build_cache import ContentCache
from offline_ci.pyodide.build_workers import check_stop
from offline_ci.wasmbin.linkinfo import LinkInfo

# --all-features would also turn on compact imports, which wasmtime refuses.
FEATURES = (
    "--enable-exception-handling",
    "--enable-reference-types",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-simd",
    "--enable-multivalue",
    "--enable-extended-const",
    "--enable-gc",
    "--enable-call-indirect-overlong",
    "--enable-threads",
    "--enable-tail-call",
)
_OUTPUT = "out.wasm"
OPT, MERGE = "wasm-opt", "wasm-merge"
_ARGUMENTS = {
    OPT: (*FEATURES, "--translate-to-exnref", "in.wasm", "-o", _OUTPUT),
    MERGE: (*FEATURES, "in.wasm", "env", "-o", _OUTPUT),
}


def needed_tools(wasm: bytes) -> tuple[str, ...]:
    """Which of the two tools a module must go through, in order.

    Raises:
        WasmFormatError: it is no module.
    """
    translate = (OPT,) if find_refusal(wasm) is not None else ()
    link = LinkInfo.of(wasm)
    binds_itself = any(
        entry.kind == "func" and entry.module == "env" and entry.name in link.exports for entry in link.imports
    )
    return (*translate, MERGE) if binds_itself else translate


class Translator:
    """Runs Binaryen's tools, on several threads at once; what they made is kept by content.

    Args:
        store: whose root the caches live under.
        package: Binaryen's npm package, verified.
    """

    def __init__(self, store: Store, package: Path) -> None:
        self._package = package
        self._package_digest = store.digest(package).sha256[:16]
        self._translated = ContentCache(store, "translated", ".wasm")
        self._compiled_tools = ContentCache(store, "tools", ".cwasm")
        self._interfaces = ContentCache(store, "tools", ".json")
        self._tools: dict[str, Tool] = {}
        self.caches = (self._translated, self._compiled_tools, self._interfaces)

    def remove_unused(self) -> None:
        """Remove what this build did not use; the tools stay where it needed none."""
        self._translated.remove_unused()
        if self._tools:
            self._compiled_tools.remove_unused()
            self._interfaces.remove_unused()

    def find_translated(self, wasm: bytes, tools: tuple[str, ...]) -> bytes | None:
        """What an earlier build made of a module; None where there is none."""
        if not tools:
            return wasm
        cached = self._translated.find(self._key(wasm, tools))
        return cached.path.read_bytes() if cached else None

    def prepare(self, name: str, stop: threading.Event) -> None:
        """Extract and compile a tool, once.

        Args:
            name: ``OPT`` or ``MERGE``.
            stop: ends the work early when set.

        Raises:
            RuntimeBuildError: the package is not as we know it.
        """
        key = f"{name}-{self._package_digest}"
        interface, module = self._interfaces.find(key), self._compiled_tools.find(f"{key}-{engine_key()}")
        if interface is None or module is None:
            binary = extract_tool(self._package, name)
            imports = tuple((entry.module, entry.name, entry.kind) for entry in LinkInfo.of(binary.wasm).imports)
            description = asdict(ToolInterface(imports, binary.symbols, binary.exports))
            code = compile_wasm(binary.wasm)
            check_stop(stop)
            module = self._compiled_tools.put(f"{key}-{engine_key()}", code)
            interface = self._interfaces.put(key, json.dumps(description).encode())
        description = json.loads(interface.path.read_bytes())
        description["imports"] = tuple(map(tuple, description["imports"]))
        self._tools[name] = Tool(load_compiled(module.path), ToolInterface(**description))

    def translate(self, name: str, wasm: bytes, tools: tuple[str, ...], stop: threading.Event) -> bytes:
        """Put a module through its tools, which must be prepared; call it on a thread with a large stack.

        Args:
            name: the module's, for messages.
            wasm: the module.
            tools: what ``needed_tools`` said.
            stop: ends the work early when set.

        Raises:
            RuntimeBuildError: a tool failed, or wasmtime refuses what it made.
        """
        result = wasm
        for tool in tools:
            result = self._run(tool, name, _ARGUMENTS[tool], {"in.wasm": result}, stop)
        check_stop(stop)
        refusal = find_refusal(result)
        if refusal is not None:
            raise RuntimeBuildError(f"wasmtime refuses {name} even after translation: {refusal}")
        self._translated.put(self._key(wasm, tools), result)
        return result

    def merge(self, name: str, modules: Mapping[str, bytes], stop: threading.Event) -> bytes:
        """Make one module of several; ``MERGE`` must be prepared. Call it on a thread with a large stack.

        Args:
            name: the result's, for messages.
            modules: by the name under which the others import from it; no two export the same name.
            stop: ends the work early when set.

        Raises:
            RuntimeBuildError: the tool failed.
        """
        files = {f"{module}.wasm": wasm for module, wasm in modules.items()}
        inputs = (argument for module in modules for argument in (f"{module}.wasm", module))
        return self._run(MERGE, name, (*FEATURES, *inputs, "-o", _OUTPUT), files, stop)

    def _run(
        self, tool: str, name: str, arguments: Sequence[str], files: Mapping[str, bytes], stop: threading.Event
    ) -> bytes:
        try:
            result = self._tools[tool].run(arguments, files, [_OUTPUT], on_tick=_stopper(stop))
        except GuestTrap as trap:
            raise RuntimeBuildError(f"{tool} crashed on {name}: {trap.message}") from trap
        output = result.files.get(_OUTPUT)
        if result.status or output is None:
            reason = " ".join(result.output.split())[:300] or f"exit status {result.status}"
            raise RuntimeBuildError(f"{tool} failed on {name}: {reason}")
        return output

    def _key(self, wasm: bytes, tools: tuple[str, ...]) -> str:
        recipe = json.dumps([[tool, _ARGUMENTS[tool]] for tool in tools])
        return f"{hashlib.sha256(wasm).hexdigest()[:32]}-{self._package_digest}-{_short_digest(recipe)}"


def _stopper(stop: threading.Event) -> Callable[[], None]:
    def on_tick() -> None:
        if stop.is_set():
            raise GuestTrap("interrupt", "the build was stopped")

    return on_tick


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
