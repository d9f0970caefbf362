"""Puts another build of llama.cpp in the place of the installed one, once it has shown that it works.

The new one is unpacked beside the old and used by child processes; only what has evaluated a token there is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from offline_ci.artifacts.models import ModelStore, ResolvedModel
from offline_ci.errors import ArtifactError, ArtifactMissingError, ModelLoadError, OfflineCIError, UsageError
from offline_ci.llm import probe
from offline_ci.llm.backends import BACKENDS, Backend, Name, choose, cmake_arguments, missing_tools, present_gpus
from offline_ci.llm.devices import usable_gpus
from offline_ci.llm.fitting import Offload
from offline_ci.llm.gguf import read_gguf
from offline_ci.llm.llama_build import BuildError, obtain
from offline_ci.llm.llama_cpp_look import Look, look
from offline_ci.llm.llama_options import DEFAULTS
from offline_ci.llm.probe import Outcome

Wish = Literal["auto", "cpu", "cuda", "vulkan", "metal", "rocm"]

_N_CTX: Final = 256
_LAST_LINES: Final = 5


def pick(wish: Wish, say: Callable[[str], None]) -> Backend:
    """The back end to build.

    Args:
        wish: its name, or ``auto`` for what suits this machine.
        say: is told why.

    Raises:
        ArtifactMissingError: what its build needs is not here.
        UsageError: it is for another kind of machine.
    """
    if wish == "auto":
        return _pick_for_machine(say)
    backend = BACKENDS[wish]
    if backend.name == "metal" and sys.platform != "darwin":
        raise UsageError("Metal is for macOS.", hint="Give --backend auto, cuda, vulkan, rocm or cpu.")
    if lacking := missing_tools(backend):
        raise ArtifactMissingError(
            f"llama.cpp cannot be built for {backend.title} here: {', '.join(tool.what for tool in lacking)} missing.",
            hint=f"Install {'; '.join(tool.mend for tool in lacking)}. "
            f"Then run `offline-ci setup --backend {wish}` again.",
        )
    return backend


def _pick_for_machine(say: Callable[[str], None]) -> Backend:
    gpus = present_gpus()
    name: Name = choose(gpus, lambda name: not missing_tools(BACKENDS[name]))
    there = ", ".join(dict.fromkeys(gpu.description for gpu in gpus)) or "no GPU"
    say(f"This machine has {there}: llama.cpp is to be for {BACKENDS[name].title}.")
    if name == "cpu":
        for other in dict.fromkeys(other for gpu in gpus for other in gpu.backends):
            lacking = missing_tools(BACKENDS[other])
            say(f"For {BACKENDS[other].title}, first install {'; '.join(tool.mend for tool in lacking)}.")
    return BACKENDS[name]


def is_installed(backend: Backend) -> bool:
    """Whether the installed build is for it already, and without the code that crashes on processors with AMX."""
    try:
        installed = look()
    except ModelLoadError:
        return False
    if probe.needs_probe(installed.system_info):
        return False
    gpu_names = {other.registered for other in BACKENDS.values()} - {"CPU"}
    wanted = set() if backend.name == "cpu" else {backend.registered}
    return gpu_names.intersection(installed.backends) == wanted


def install(backend: Backend, say: Callable[[str], None]) -> None:
    """Build it, or take the wheel that was built before; try it; put it in the installed one's place.

    Args:
        backend: what it is for.
        say: is told what happens.

    Raises:
        ArtifactError: it cannot be built, does not work or cannot be installed; the old one stays.
    """
    try:
        wheel = obtain(backend=cmake_arguments(backend))
    except BuildError as error:
        raise ArtifactError(f"{error}\nThe installed llama.cpp stays as it is.") from error
    say(verify(wheel, backend))
    _pip("install", "--force-reinstall", str(wheel))


def verify(wheel: Path, backend: Backend) -> str:
    """Use a wheel beside the installed one; returns what it did.

    Raises:
        ArtifactError: it does not work.
    """
    with tempfile.TemporaryDirectory(prefix="offline-ci-llama-") as folder:
        _pip("install", "--target", folder, str(wheel))
        environment = {"PYTHONPATH": folder}
        try:
            found = look(environment)
        except ModelLoadError as error:
            raise _does_not_work(backend, error.message) from error
        if backend.registered not in found.backends:
            raise _does_not_work(backend, f"it is for {', '.join(found.backends)}")
        model = _smallest_model()
        gpus = usable_gpus(found.devices)
        place = ", ".join(map(str, gpus)) or "the processor"
        if model is None:
            return f"The new llama.cpp loads, for {place}; no model is here to try it with."
        command = _trial(model, found)
        outcome = probe.run_child(command, timeout_s=probe.TIMEOUT_S, environment=environment)
        if outcome is not Outcome.WORKS:
            how = "crashes" if outcome is Outcome.CRASHED else "does not load the model, or takes too long"
            raise _does_not_work(backend, f"with {model.name} on {place}, it {how}")
        return f"The new llama.cpp has evaluated tokens of {model.name} on {place}."


def _trial(model: ResolvedModel, found: Look) -> list[str]:
    gpus = usable_gpus(found.devices)
    offload = Offload((gpus[0].index,), (read_gguf(model.path).n_layer + 1,)) if gpus else Offload()
    return probe.gpu_command(model.path, offload, DEFAULTS, _N_CTX)


def _smallest_model() -> ResolvedModel | None:
    store = ModelStore()
    for record in sorted((record for record in store.list() if record.present), key=lambda record: record.size_bytes):
        try:
            return store.resolve(record.name)
        except OfflineCIError:
            continue  # damaged: `doctor` tells
    return None


def _does_not_work(backend: Backend, why: str) -> ArtifactError:
    return ArtifactError(
        f"The new llama.cpp for {backend.title} does not work: {why.rstrip('.')}.",
        hint="The installed one stays as it is. Look at the GPU's driver, or give another --backend.",
    )


def _pip(*arguments: str) -> None:
    """Call pip in this environment for a wheel that is here, without its dependencies: they have not changed."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments, "--no-deps"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = " ".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise ArtifactError(f"pip could not install llama.cpp: {said}.", hint="The installed one stays as it is.")
