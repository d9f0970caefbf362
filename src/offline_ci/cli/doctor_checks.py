"""What ``doctor`` looks at. Each check answers for one thing, changes nothing, and never raises for what it finds."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from offline_ci import _env
from offline_ci.cli.format import size
from offline_ci.errors import OfflineCIError

State = Literal["ok", "note", "problem"]
_MIN_MEMORY_BYTES = 3_000_000_000
_MIN_DISK_BYTES = 4_000_000_000
_NO_SECCOMP = "seccomp (the library libseccomp.so.2: apt install libseccomp2)"
_NOTABLE_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16", "asimd", "sve")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    Attributes:
        name: what was looked at.
        state: ``ok``, ``note`` (works, but worth knowing) or ``problem``.
        detail: what was found.
        mend: what to do about it, empty where there is nothing to do.
        required: whether nothing works without it.
    """

    name: str
    state: State
    detail: str
    mend: str = ""
    required: bool = False


def all_checks() -> Iterator[Check]:
    """Every check, as it is done."""
    for check in (
        _python,
        _platform,
        _cpu,
        _memory,
        _disk,
        _wasmtime,
        _runtime_files,
        _runtime_built,
        _images,
        _checkpoints,
        _walls,
    ):
        yield _guarded(check)
    yield from _models()
    yield _guarded(_llama)
    yield _guarded(_gpu)
    yield _guarded(_matrix_extensions)


def _guarded(check: Callable[[], Check]) -> Check:
    """A check whose own failure is a finding too."""
    try:
        return check()
    except OfflineCIError as error:
        return Check(check.__name__.strip("_").replace("_", " "), "problem", error.message, error.hint or "")


def _python() -> Check:
    return Check("python", "ok", f"{platform.python_version()} ({sys.executable})")


def _platform() -> Check:
    detail = f"{platform.system()} {platform.release()}, {platform.machine()}"
    if platform.system() == "Linux":
        return Check("platform", "ok", detail)
    return Check("platform", "note", detail, "Only Linux is tested.")


def _cpu() -> Check:
    flags = [flag for flag in _NOTABLE_FLAGS if flag in _env.cpu_flags()]
    return Check("processor", "ok", f"{_env.cpu_name()}, {_env.usable_cpus()} usable, {' '.join(flags) or 'no flags'}")


def _memory() -> Check:
    from offline_ci.llm._hardware import available_memory_bytes

    available = available_memory_bytes()
    if available == sys.maxsize:
        return Check("memory", "note", "unknown")
    detail = f"{size(available)} available"
    if available < _MIN_MEMORY_BYTES:
        return Check("memory", "note", detail, "The default model and a sandbox take 3 GB: close other programs.")
    return Check("memory", "ok", detail)


def _disk() -> Check:
    home = _env.home()
    existing = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{size(free)} free for {home}"
    if free < _MIN_DISK_BYTES:
        return Check("disk", "note", detail, "A first setup takes 4 GB: free some, or set OFFLINE_CI_HOME elsewhere.")
    return Check("disk", "ok", detail)


def _wasmtime() -> Check:
    try:
        return Check("wasmtime", "ok", importlib.metadata.version("wasmtime"))
    except importlib.metadata.PackageNotFoundError:
        return Check("wasmtime", "problem", "not installed", "Run `pip install offline-ci` again.", required=True)


def _runtime_files() -> Check:
    from offline_ci.artifacts.lockfile import runtime_lock
    from offline_ci.artifacts.runtime import runtime_missing

    missing, n_files = runtime_missing(), len(runtime_lock().files)
    if not missing:
        return Check("runtime files", "ok", f"{n_files} here and intact")
    return Check(
        "runtime files",
        "problem",
        f"{len(missing)} of {n_files} missing or damaged ({size(sum(spec.size_bytes for spec in missing))})",
        "Run `offline-ci runtime fetch`, or `offline-ci setup` for everything.",
        required=True,
    )


def _runtime_built() -> Check:
    from offline_ci.errors import ArtifactError
    from offline_ci.pyodide.installed import installed_runtime

    try:
        runtime = installed_runtime()
        runtime.check_all()
    except ArtifactError as error:
        return Check("runtime", "problem", error.message, error.hint or "", required=True)
    what = f"Python {runtime.versions['python']}, {len(runtime.packages)} packages, {size(runtime.size_bytes)}"
    return Check("runtime", "ok", f"{what} in {runtime.folder}")


def _images() -> Check:
    from offline_ci.errors import ArtifactError
    from offline_ci.pyodide.installed import installed_runtime
    from offline_ci.snapshot.image_index import read_index
    from offline_ci.snapshot.image_recipes import image_recipes
    from offline_ci.snapshot.images import damaged_images

    slow = "Sandboxes work, but start slower. Run `offline-ci runtime build`."
    try:
        runtime = installed_runtime()
    except ArtifactError:  # the check before this one tells
        return Check("images", "note", "none without a runtime")
    try:
        index, damaged = read_index(runtime.folder), damaged_images(runtime)
    except ArtifactError as error:
        return Check("images", "note", error.message, slow)
    problems = {**index.failures, **{name: error.message for name, error in damaged.items()}}
    states = [
        f"{name}: {problems.get(name) or (size(index.images[name].code.size) if name in index.images else 'not built')}"
        for name in image_recipes()
    ]
    if index.images.keys() - damaged.keys() == image_recipes().keys():
        return Check("images", "ok", ", ".join(states))
    return Check("images", "note", "; ".join(states), slow)


def _checkpoints() -> Check:
    from offline_ci.snapshot.pages_choice import mechanism

    found = mechanism()
    what = "what changed is mapped copy-on-write" if found.is_mapped else "memory is compared and copied"
    return Check("checkpoints", "ok" if found.is_mapped else "note", f"{what} ({found.reason})")


def _walls() -> Check:
    from offline_ci.sandbox import landlock, seccomp

    if not sys.platform.startswith("linux"):
        return Check("walls", "note", "WebAssembly and a process of its own; this system's own walls are not used")
    version = landlock.abi()
    standing = [f"Landlock {version}"] if version else []
    missing = [] if version else ["Landlock (Linux 5.13 or newer, switched on with lsm=landlock)"]
    (standing if seccomp.is_available() else missing).append("seccomp" if seccomp.is_available() else _NO_SECCOMP)
    detail = ", ".join(["WebAssembly", "a process of its own", "resource limits", "no capabilities", *standing])
    if missing:
        return Check(
            "walls", "note", f"{detail}; missing: {', '.join(missing)}", "They are a second line; see security.md."
        )
    return Check("walls", "ok", detail)


def _models() -> Iterator[Check]:
    from offline_ci.artifacts.models import ModelStore

    try:
        for record, state in ModelStore().verify():
            name = f"model {record.name}"
            mend = f"Run `offline-ci models pull {record.name}`."
            if state == "ready":
                yield Check(name, "ok", f"{size(record.size_bytes)}, intact{', default' if record.is_default else ''}")
            elif state == "damaged":
                yield Check(name, "problem", f"{record.path} is damaged", mend, required=record.is_default)
            elif record.is_default:
                yield Check(name, "problem", "not here; it is the default model", mend, required=True)
    except OfflineCIError as error:
        yield Check("models", "problem", error.message, error.hint or "", required=True)


def _llama() -> Check:
    from offline_ci.llm import llama_cpp_native as native

    version = importlib.metadata.version("llama-cpp-python")
    return Check("llama.cpp", "ok", f"llama-cpp-python {version}, build {native.build_id()}")


def _gpu() -> Check:
    from offline_ci.llm import llama_cpp_native as native

    backends = [part.split(":")[0].strip() for part in native.system_info().split("|") if ":" in part]
    named = ", ".join(dict.fromkeys(backends)) or "CPU"
    if native.library().llama_supports_gpu_offload():
        return Check("gpu", "ok", f"this build of llama.cpp can use one ({named})")
    devices = [str(path) for path in (Path("/dev/nvidia0"), Path("/dev/kfd")) if path.exists()]
    if devices:
        mend = "Install llama-cpp-python built for it, for example with CMAKE_ARGS=-DGGML_CUDA=on."
        return Check("gpu", "note", f"{', '.join(devices)} is there, but this build cannot use it ({named})", mend)
    return Check("gpu", "ok", f"none found; models run on the processor ({named})")


def _matrix_extensions() -> Check:
    from offline_ci.artifacts.models import ModelStore
    from offline_ci.llm import llama_cpp_native as native
    from offline_ci.llm import probe
    from offline_ci.llm._hardware import has_amx

    name = "matrix extensions"
    if not has_amx():
        return Check(name, "ok", "this processor has no AMX")
    if not probe.needs_probe(native.system_info()):
        return Check(name, "ok", "this processor has AMX; this build of llama.cpp does not use it")
    store = ModelStore()
    here = next((record for record in store.list() if record.present), None)
    if here is None:
        return Check(name, "note", "AMX is used by this build; it is tried out when a model is first loaded")
    model = store.resolve(here.name)
    if probe.use_extra_bufts(model.path, model_id=model.sha256, build_id=native.build_id()):
        return Check(name, "ok", "AMX is used, and works")
    mend = "Nothing needs to be done. Faster: build llama.cpp without AMX, `python tools/build_llama_wheel.py`."
    return Check(name, "note", "AMX crashes in this build of llama.cpp; models run without it, a little slower", mend)
