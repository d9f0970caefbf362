"""Build the pinned llama-cpp-python once and keep the wheel.

There is no wheel of it on the registry, and who compiles it with plain ``pip install`` gets two things nobody wants:
code that crashes on processors with AMX (gcc drops the tile configuration, llama.cpp issue 20824), and helper libraries
that the Python package never loads, which double the time. This script builds without both and keeps the result in
``${XDG_CACHE_HOME:-~/.cache}/offline-ci/wheels/<key>/``; the key covers all that shapes the binary, so a second run
only says where it is. Standard library only, and nothing of this package: ``tools/build_llama_wheel.py`` runs it by its
path before anything is installed.

``CMAKE_ARGS``, ``CFLAGS``, ``CXXFLAGS``, ``CC``, ``CXX`` and pip's own configuration are respected, so
``CMAKE_ARGS=-DGGML_CUDA=on`` builds for an NVIDIA GPU; `offline-ci setup --backend cuda` says the same.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

VERSION = "0.3.36"
SDIST_SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"

NO_AMX = ("-mno-amx-tile", "-mno-amx-int8", "-mno-amx-bf16")
SKIP_UNUSED = "set(LLAMA_BUILD_COMMON OFF)\n"
"""A normal variable shadows the cache entry that the package's CMakeLists.txt forces to ON (CMP0077, CMP0126)."""

LOG_TAIL = 15
_FEW_STEPS = 20
"""A run of Ninja with fewer is not the build, but a step that comes before it."""

_NINJA_STEP = re.compile(r"^\s*\[(\d+)/(\d+)\]")


_MENDS = (
    (
        "No module named pip",
        "This Python has no pip: `sudo apt-get install python3-pip python3-venv`, or use a virtual environment.",
    ),
    (
        "DO NOT MATCH THE HASHES",
        "The package index delivered other bytes than the pinned ones; check pip's configured index.",
    ),
    (
        r"No matching distribution|Failed to establish|Temporary failure|Could not fetch URL",
        "The package index cannot be reached or does not have it; check the network and `pip config list`.",
    ),
    (
        "No space left on device",
        "The disk is full: the build needs about 1 GB in the temporary folder (TMPDIR) while it runs.",
    ),
    (
        "CUDA::cublas",
        "The CUDA toolkit is incomplete: cuBLAS is missing (`sudo apt-get install libcublas-dev`, or all of it).",
    ),
    (
        'ARCHITECTURES is set to "native"',
        "No GPU of NVIDIA is visible: name its generation, for example CMAKE_ARGS=-DCMAKE_CUDA_ARCHITECTURES=89.",
    ),
    (
        "CUDA Toolkit not found|CMAKE_CUDA_COMPILER|Unsupported gpu architecture|unsupported GNU",
        "NVIDIA's CUDA toolkit is missing, too old, or does not go with this compiler: see `nvcc --version`.",
    ),
    (
        "not a member of .vk",
        "Vulkan's headers are too old: 1.3.275 or newer are needed (Debian 13's libvulkan-dev, or the Vulkan SDK).",
    ),
    (
        "Could NOT find Vulkan|SPIRV-Headers",
        "Vulkan's headers or its compiler are missing: `sudo apt-get install libvulkan-dev glslc spirv-headers`.",
    ),
    (
        "CMAKE_HIP_COMPILER|find.*hip-config|hipblas",
        "AMD's ROCm is missing or incomplete: hipcc, hipBLAS and rocBLAS are needed.",
    ),
    (
        "CMAKE_CXX_COMPILER|CMAKE_C_COMPILER|is not able to compile",
        "The compiler does not work: see CFLAGS and CXXFLAGS, or `sudo apt-get install build-essential cmake`.",
    ),
    (
        "Killed|cc1plus.*terminated",
        "The compiler ran out of memory: close programs, or set CMAKE_BUILD_PARALLEL_LEVEL=1.",
    ),
)
"""What a log says, and the mend; the first that fits."""

_NO_MEND = "Remove what you set in CMAKE_ARGS, CFLAGS or CXXFLAGS if anything, and run this again."


class BuildError(Exception):
    """What went wrong and the mend, for the user."""


def say(text: str) -> None:
    """Progress goes to stderr: stdout carries the wheel's path alone."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def compiler(variable: str, candidates: tuple[str, ...]) -> list[str]:
    """The compiler's command: the environment's choice, or the first candidate on PATH."""
    chosen = shlex.split(os.environ.get(variable, ""))
    for command in [chosen] if chosen else [[name] for name in candidates]:
        if shutil.which(command[0]):
            return command
    language = "C++" if variable == "CXX" else "C"
    wanted = f"{variable}={' '.join(chosen)}" if chosen else " or ".join(candidates)
    raise BuildError(
        f"No {language} compiler found ({wanted}); llama.cpp is compiled on this machine. "
        "Install one, for example with `sudo apt-get install build-essential cmake` "
        "(Fedora: `sudo dnf install gcc-c++ cmake`, macOS: `xcode-select --install`), and run this again."
    )


def output_of(command: list[str]) -> str:
    """What a command prints; empty where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.stdout.strip() if done.returncode == 0 else ""


def accepts(command: list[str], flags: tuple[str, ...]) -> bool:
    """Whether the compiler takes these flags."""
    probe = [*command, "-Werror", *flags, "-x", "c", "-c", os.devnull, "-o", os.devnull]
    return subprocess.run(probe, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0


def with_flags(arguments: list[str], name: str, flags: list[str]) -> list[str]:
    """CMake arguments in which ``-D<name>=`` also carries ``flags``; what the user gave there is kept."""
    merged = list(flags)
    rest = []
    for argument in arguments:
        match = re.fullmatch(rf"-D{name}(?::STRING)?=(.*)", argument, re.DOTALL)
        if match:
            merged += shlex.split(match[1])
        else:
            rest.append(argument)
    return [*rest, f"-D{name}={' '.join(merged)}"] if merged else rest


def cmake_arguments(
    cc: list[str], cxx: list[str], environment: dict[str, str], backend: Sequence[str] = ()
) -> list[str]:
    """Our CMake arguments, those of a back end, and the user's, which come last and therefore win."""
    user = shlex.split(environment.get("CMAKE_ARGS", ""))
    arguments = ["-DLLAVA_BUILD=OFF", "-DLLAMA_ALL_WARNINGS=OFF", *backend, *user]
    for command, name, variable in (
        (cc, "CMAKE_C_FLAGS", "CFLAGS"),
        (cxx, "CMAKE_CXX_FLAGS", "CXXFLAGS"),
    ):
        flags = shlex.split(environment.get(variable, ""))
        if platform.machine() in {"x86_64", "AMD64"} and accepts(command, NO_AMX):
            flags += NO_AMX
        arguments = with_flags(arguments, name, flags)
    return arguments


def cpu_identity() -> str:
    """What ``-march=native`` sees: the processor's flags, or its name where the platform lists none."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    lines = [line.partition(":")[2] for line in text.splitlines() if line.startswith(("flags", "Features"))]
    return " ".join(sorted(lines[0].split())) if lines else platform.machine()


def cache_folder(cc: list[str], cxx: list[str], arguments: list[str]) -> Path:
    """Where the wheel of this configuration lives; it fits any Python 3, whose version is thus no part of the key."""
    parts = [
        VERSION,
        SDIST_SHA256,
        sysconfig.get_platform(),
        *(" ".join(command) + "\n" + output_of([*command, "--version"]) for command in (cc, cxx)),
        "\0".join(arguments),
        SKIP_UNUSED,
        cpu_identity(),
    ]
    key = hashlib.sha256("\0\0".join(parts).encode()).hexdigest()[:16]
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "offline-ci" / "wheels" / f"llama_cpp_python-{VERSION}-{key}"


def find_wheel(folder: Path) -> Path | None:
    """The finished wheel in a folder; it is moved there whole, so its presence means that it is complete."""
    return next(iter(sorted(folder.glob(f"llama_cpp_python-{VERSION}-*.whl"))), None)


class Progress:
    """Shows the compiler's steps: in place on a terminal, every quarter elsewhere."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.live = sys.stderr.isatty()
        self.shown = -1

    def line(self, text: str) -> None:
        """Take note of a line of pip's output."""
        match = _NINJA_STEP.match(text)
        if not match or int(match[2]) < _FEW_STEPS:
            return
        done, total = int(match[1]), int(match[2])
        seconds = time.monotonic() - self.started
        if self.live:
            sys.stderr.write(f"\r  compiled {done}/{total} ({seconds:.0f} s) ")
            sys.stderr.flush()
        elif done * 4 // total > self.shown:
            self.shown = done * 4 // total
            say(f"  compiled {done}/{total} ({seconds:.0f} s)")

    def close(self) -> None:
        """Leave the line that was rewritten in place."""
        if self.live:
            say("")


def pip_command(work: Path, folder: Path) -> list[str]:
    """``pip wheel`` of the pinned source, checked by hash.

    pip's shared cache may hold a wheel compiled with other flags, which no option keys it by: this build has a cache of
    its own beside the wheel, which also spares a second download after a failed compilation.
    """
    requirements = work / "requirements.txt"
    requirements.write_text(f"llama-cpp-python=={VERSION} --hash=sha256:{SDIST_SHA256}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--cache-dir", str(folder / "pip-cache")]
    return [
        *pip,
        *("wheel", "--verbose", "--no-deps", "--require-hashes", "--no-binary=llama-cpp-python"),
        *("--wheel-dir", str(work / "out"), "--requirement", str(requirements)),
    ]


def run_logged(command: list[str], environment: dict[str, str], log: Path) -> int:
    """Run a command with all its output in ``log``; returns its status. Ctrl-C ends it too."""
    progress = Progress()
    with (
        log.open("w", encoding="utf-8", errors="replace") as sink,
        subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        if process.stdout is None:
            raise AssertionError
        for line in process.stdout:
            sink.write(line)
            progress.line(line)
    progress.close()
    return process.returncode


def explain(log: Path) -> str:
    """The mend that the log suggests, with its last lines."""
    text = log.read_text(encoding="utf-8", errors="replace")
    # What follows is pip's account of having called a build back end.
    lines = [line for line in text.partition("error: subprocess-exited-with-error")[0].splitlines() if line.strip()]
    mend = next((mend for pattern, mend in _MENDS if re.search(pattern, text)), _NO_MEND)
    tail = "\n".join(f"  | {line[:200]}" for line in lines[-LOG_TAIL:])
    return f"llama-cpp-python {VERSION} could not be built. {mend}\nThe log's end:\n{tail}\nThe whole log: {log}"


def build(folder: Path, arguments: list[str]) -> Path:
    """Build into ``folder``; the wheel appears there whole or not at all."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL") or str(usable)
    log = folder / "build.log"
    say(
        f"Building llama-cpp-python {VERSION}, {jobs} files at a time (with two, 2 minutes; for a GPU more); log: {log}"
    )
    with tempfile.TemporaryDirectory(prefix="offline-ci-llama-") as name:
        work = Path(name)
        include = work / "skip_unused.cmake"
        include.write_text(SKIP_UNUSED, encoding="utf-8")
        environment = dict(os.environ)
        environment["CMAKE_ARGS"] = shlex.join([*arguments, f"-DCMAKE_PROJECT_llama_cpp_INCLUDE={include}"])
        environment["CMAKE_BUILD_PARALLEL_LEVEL"] = jobs
        status = run_logged(pip_command(work, folder), environment, log)
        wheel = find_wheel(work / "out")
        if status != 0 or wheel is None:
            raise BuildError(explain(log))
        part = folder / (wheel.name + ".part")
        shutil.copyfile(wheel, part)
        part.replace(folder / wheel.name)
    shutil.rmtree(folder / "pip-cache", ignore_errors=True)
    return folder / wheel.name


def obtain(*, may_build: bool = True, backend: Sequence[str] = ()) -> Path:
    """The wheel of this machine's configuration, built if need be.

    Args:
        may_build: else it must be there.
        backend: CMake arguments that choose one.

    Raises:
        BuildError: it cannot be built.
    """
    cc = compiler("CC", ("cc", "gcc", "clang"))
    cxx = compiler("CXX", ("c++", "g++", "clang++"))
    arguments = cmake_arguments(cc, cxx, dict(os.environ), backend)
    folder = cache_folder(cc, cxx, arguments)
    wheel = find_wheel(folder)
    if wheel is not None:
        return wheel
    if not may_build:
        raise BuildError(f"Not built yet (it would be in {folder}). Run `python tools/build_llama_wheel.py`.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w", encoding="ascii")
    except OSError as error:
        raise BuildError(
            f"The cache folder {folder} cannot be written ({error.strerror}). Set XDG_CACHE_HOME to one that can."
        ) from error
    with lock:
        # A second run waits for the first and then finds its wheel.
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = time.monotonic()
        wheel = find_wheel(folder) or build(folder, arguments)
    say(f"Built {wheel.name} in {time.monotonic() - started:.0f} s.")
    return wheel


def fail(text: str, status: int) -> NoReturn:
    """End with a message."""
    say(text)
    sys.exit(status)


def main() -> None:
    """Command line."""
    summary = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--print-path", action="store_true", help="print nothing but the wheel's path on stdout")
    parser.add_argument("--no-build", action="store_true", help="fail where the wheel is not built yet")
    options = parser.parse_args()
    try:
        wheel = obtain(may_build=not options.no_build)
        said = wheel if options.print_path else f"Install it: {sys.executable} -m pip install {shlex.quote(str(wheel))}"
        sys.stdout.write(f"{said}\n")
    except BuildError as error:
        fail(f"error: {error}", 1)
    except KeyboardInterrupt:
        fail("Interrupted; nothing half-built is kept.", 130)


if __name__ == "__main__":
    main()
