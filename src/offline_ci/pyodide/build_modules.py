"""wasm to machine code: translation where needed, then wasmtime's compiler."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from offline_ci.engine.compile_cache import compile_wasm, compiled_name
from offline_ci.pyodide.build_cache import CachedFile, ContentCache
from offline_ci.pyodide.build_progress import BuildProgress, StepClock
from offline_ci.pyodide.build_workers import check_stop, run_parallel
from offline_ci.pyodide.translate import Translator, needed_tools
from offline_ci.wasmbin.linkinfo import LinkInfo

SUFFIX = ".cwasm"
PREPARE, TRANSLATE, COMPILE = "Prepare Binaryen", "Translate exceptions", "Compile to machine code"


@dataclass(frozen=True, slots=True)
class BuiltModule:
    """A module's machine code and what the linker must know, as JSON."""

    compiled: CachedFile
    link: bytes


def build_modules(
    modules: Mapping[str, bytes], translator: Translator, compiled: ContentCache, progress: BuildProgress
) -> dict[str, BuiltModule]:
    """Build every module, those an earlier build finished excepted.

    Args:
        modules: as published, by name.
        translator: translates.
        compiled: keeps machine code by content.
        progress: told about three steps.

    Raises:
        RuntimeBuildError: a module cannot be translated or compiled.
        WasmFormatError: a module is none.
    """
    translated = translate_all(modules, translator, progress)
    built: dict[str, BuiltModule] = {}
    clock = StepClock(progress, COMPILE, _sizes(translated))

    def work(name: str, stop: threading.Event) -> BuiltModule:
        wasm = translated[name]
        key = compiled_name(hashlib.sha256(wasm).hexdigest()).removesuffix(SUFFIX)
        machine_code = compiled.find(key)
        if machine_code is None:
            code = compile_wasm(wasm)
            check_stop(stop)
            machine_code = compiled.put(key, code)
        return BuiltModule(machine_code, LinkInfo.of(wasm).to_json().encode())

    def done(name: str, module: BuiltModule) -> None:
        built[name] = module
        clock.advance(name)

    run_parallel(work, _longest_first(translated), done)
    return built


def translate_all(modules: Mapping[str, bytes], translator: Translator, progress: BuildProgress) -> dict[str, bytes]:
    """Translate every module, those an earlier build translated excepted.

    Args:
        modules: as published, by name.
        translator: translates.
        progress: told about two steps.

    Raises:
        RuntimeBuildError: a module cannot be translated.
        WasmFormatError: a module is none.
    """
    tools = {name: needed_tools(wasm) for name, wasm in modules.items()}
    translated: dict[str, bytes] = {}
    for name, wasm in modules.items():
        found = translator.find_translated(wasm, tools[name])
        if found is not None:
            translated[name] = found
    missing = {name: modules[name] for name in modules if name not in translated}
    needed = sorted({tool for name in missing for tool in tools[name]}, reverse=True)
    prepare = StepClock(progress, PREPARE, dict.fromkeys(needed, 1))
    run_parallel(translator.prepare, needed, lambda tool, _none: prepare.advance(tool))
    clock = StepClock(progress, TRANSLATE, _sizes(missing))

    def done(name: str, wasm: bytes) -> None:
        translated[name] = wasm
        clock.advance(name)

    run_parallel(
        lambda name, stop: translator.translate(name, modules[name], tools[name], stop), _longest_first(missing), done
    )
    return translated


def _sizes(modules: Mapping[str, bytes]) -> dict[str, int]:
    return {name: len(wasm) for name, wasm in modules.items()}


def _longest_first(modules: Mapping[str, bytes]) -> list[str]:
    return sorted(modules, key=lambda name: len(modules[name]), reverse=True)
