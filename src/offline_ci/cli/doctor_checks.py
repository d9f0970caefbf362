"""What ``doctor`` looks at. Each check answers for one thing, changes nothing, and never raises for what it finds."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator

from offline_ci.cli import doctor_machine
from offline_ci.cli.doctor_check import Check, guarded
from offline_ci.cli.doctor_model import LlamaChecks
from offline_ci.cli.format import size

_NO_SECCOMP = "seccomp (the library libseccomp.so.2: apt install libseccomp2)"


def all_checks(llama: LlamaChecks) -> Iterator[Check]:
    """Every check, as it is done.

    Args:
        llama: those that have to do with models; afterwards it has their details.
    """
    for name, check in (
        ("python", doctor_machine.python),
        ("platform", doctor_machine.system),
        ("processor", doctor_machine.processor),
        ("memory", doctor_machine.memory),
        ("disk", doctor_machine.disk),
        ("wasmtime", _wasmtime),
        ("runtime files", _runtime_files),
        ("runtime", _runtime_built),
        ("images", _images),
        ("checkpoints", _checkpoints),
        ("walls", _walls),
        ("threads", doctor_machine.threads),
    ):
        yield guarded(name, check)
    yield from llama.checks()


def _wasmtime() -> Check:
    try:
        return Check("wasmtime", "ok", importlib.metadata.version("wasmtime"))
    except importlib.metadata.PackageNotFoundError:
        return Check("wasmtime", "problem", "not installed", "Run `pip install offline-ci` again.", required=True)


def _runtime_files() -> Check:
    from offline_ci.artifacts.additions import home_lock, read_additions
    from offline_ci.artifacts.runtime import runtime_missing
    from offline_ci.artifacts.store import Store

    store = Store()
    missing, n_files = runtime_missing(store), len(home_lock(store.root).files)
    if not missing:
        added = ", ".join(f"{addition.name} {addition.version}" for addition in read_additions(store.root))
        return Check("runtime files", "ok", f"{n_files} here and intact{f'; added: {added}' if added else ''}")
    users_own = next((spec.mend for spec in missing if spec.mend != "offline-ci runtime fetch"), None)
    if users_own is not None:
        what = ", ".join(spec.filename for spec in missing[:3])
        return Check("runtime files", "problem", f"missing or damaged: {what}", f"Run `{users_own}`.", required=True)
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
