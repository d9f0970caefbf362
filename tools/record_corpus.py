"""Record what native CPython makes of the differential corpus, as ``tests/conformance/corpus/expected``.

    python tools/record_corpus.py                          # all areas, with Debian unstable's CPython, fetched once
    python tools/record_corpus.py strings regex            # two areas
    python tools/record_corpus.py --python PATH            # with another CPython of the sandbox's minor version

Packages come from the registry in the sandbox's versions. Each program runs twice, with different hash seeds and in
different folders; an area with one that does not do the same both times is not written.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from debian_unstable import command, unpack  # noqa: E402 - beside this file

from conformance import corpus_data  # noqa: E402 - the tests' own
from conformance.corpus_data import Outcome, Program, Recording  # noqa: E402

FOLDER = ROOT / ".native-python"
PYTHON = "3.14"
_DEBIAN = (
    f"python{PYTHON}-minimal", f"libpython{PYTHON}-minimal", f"libpython{PYTHON}-stdlib", "libc6", "libexpat1",
    "zlib1g", "libssl3t64", "libbz2-1.0", "libffi8", "liblzma5", "libsqlite3-0", "libuuid1", "libzstd1", "libgcc-s1",
    "libstdc++6",
)  # fmt: skip
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64")
_DRIVER = ROOT / "tests" / "conformance" / "native_program.py"
_TIME_S = 600
_MODULES = ("numpy", "pandas", "PIL")
"""Imported before the programs that use them: as in the sandbox, and once an area."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("areas", nargs="*", help="default: all")
    parser.add_argument("--python", help=f"a CPython {PYTHON}; default: Debian unstable's")
    options = parser.parse_args()
    programs = corpus_data.read_programs()
    areas = options.areas or sorted({program.area for program in programs})
    if unknown := set(areas) - {program.area for program in programs}:
        sys.exit(f"There is no area {', '.join(sorted(unknown))}.")
    native = _Native([options.python] if options.python else _debian_python())
    refused = False
    for area in areas:
        found = [program for program in programs if program.area == area]
        first, second = (native.outcomes(found, seed) for seed in (1, 2))
        changing = [name for name in first if first[name] != second[name]]
        for name in changing:
            print(f"{area}/{name} is not the same each time:\n{first[name]}\n{second[name]}", flush=True)
        if changing:
            refused = True
            continue
        digests = {program.name: program.digest for program in found}
        corpus_data.write_recording(area, Recording(native.made_by, digests, first))
        print(f"{area}: {len(found)} programs", flush=True)
    sys.exit(refused)


def _debian_python() -> list[str]:
    return command(unpack(_DEBIAN, FOLDER / "debian"), f"usr/bin/python{PYTHON}")


class _Native:
    """A native interpreter with the sandbox's packages.

    Args:
        python: how to start it.

    Attributes:
        made_by: its version and those of the packages.
    """

    def __init__(self, python: list[str]) -> None:
        self._python = python
        self._site = _install(corpus_data.locked_versions())
        code = "import platform; print(platform.python_implementation(), platform.python_version())"
        implementation, version = self._run("-c", code, folder=ROOT, seed=0).split()
        if implementation != "CPython" or not version.startswith(f"{PYTHON}."):
            sys.exit(f"This is {implementation} {version}; the corpus is recorded with CPython {PYTHON}.")
        self.made_by = {"python": version, **corpus_data.locked_versions()}

    def outcomes(self, programs: list[Program], seed: int) -> dict[str, Outcome]:
        """What the interpreter makes of programs, each in an empty folder, with that hash seed."""
        modules = [name for name in _MODULES if any(re.search(rf"\b{name}\b", one.code) for one in programs)]
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
            for program in programs:
                Path(folder, f"{program.name}.py").write_text(program.code, encoding="utf-8")
            self._run(str(_DRIVER), folder, *modules, folder=Path(home), seed=seed)
            return {program.name: _read(Path(folder), program.name) for program in programs}

    def _run(self, *arguments: str, folder: Path, seed: int) -> str:
        environment = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": str(seed),
            "PYTHONPATH": str(self._site),
            "PYTHONTZPATH": "",
            "TZ": "UTC",
        }
        done = subprocess.run(
            [*self._python, "-P", "-s", "-X", "utf8", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_S,
            check=False,
        )
        if done.returncode:
            sys.exit(f"The native interpreter failed ({done.returncode}): {done.stderr[-2000:].decode()}")
        return done.stdout.decode("utf-8")


def _read(folder: Path, name: str) -> Outcome:
    with (folder / f"{name}.stdout").open(encoding="utf-8", newline="") as file:
        return Outcome(file.read(), (folder / f"{name}.error").read_text(encoding="utf-8"))


def _install(versions: dict[str, str]) -> Path:
    """A folder with these packages for the native interpreter."""
    pins = [f"{name}=={version}" for name, version in sorted(versions.items())]
    site = FOLDER / "site"
    done = site / "pins.txt"
    if not done.exists() or done.read_text(encoding="utf-8") != "\n".join(pins):
        options = ["--quiet", "--upgrade", "--no-deps", "--only-binary=:all:", "--target", str(site)]
        platforms = [f"--platform={platform}" for platform in _PLATFORMS]
        pip = [sys.executable, "-m", "pip", "install", *options, f"--python-version={PYTHON}", *platforms, *pins]
        subprocess.run(pip, check=True)
        done.write_text("\n".join(pins), encoding="utf-8")
    return site


if __name__ == "__main__":
    main()
