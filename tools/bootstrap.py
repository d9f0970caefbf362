"""Make ``.venv`` ready: virtual environment, llama.cpp built for this machine, the package and its tools.

Standard library only; runs under the system's Python (3.11 or later) before anything is installed. Each step says what
it does and how long it took; a second run finds everything done.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
MIN_PYTHON = (3, 11)


def step(title: str, command: list[str]) -> None:
    """Run a command with its output hidden unless it fails."""
    print(f"[setup] {title} …", flush=True)
    begin = time.perf_counter()
    result = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        print(result.stdout[-8000:])
        sys.exit(f"[setup] {title} failed (status {result.returncode}): {' '.join(command)}")
    print(f"[setup] {title}: {time.perf_counter() - begin:.1f} s", flush=True)


def llama_wheel() -> Path:
    """The built llama-cpp-python wheel of this machine, from the cache or compiled now."""
    command = [str(PYTHON), str(ROOT / "tools" / "build_llama_wheel.py"), "--print-path"]
    result = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, check=False)
    if result.returncode:
        sys.exit(result.returncode)
    return Path(result.stdout.strip().splitlines()[-1])


def compile_sources() -> None:
    """Keep the byte-code of our modules: a worker, which may write nothing, would compile them at every start."""
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "src")], check=False)


def main() -> None:
    """Entry point."""
    if sys.version_info < MIN_PYTHON:
        sys.exit(f"Python {sys.version.split()[0]} is too old: 3.11 or later is needed. Run: make PYTHON=python3.12 …")
    extra = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if not PYTHON.exists():
        step("create the virtual environment .venv", [sys.executable, "-m", "venv", str(VENV)])
    wheel = llama_wheel()
    key = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + f"{wheel} {extra}".encode()).hexdigest()
    stamp = VENV / "bootstrap.stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == key:
        compile_sources()
        return
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    step("install llama.cpp", [*pip, str(wheel)])
    step("install offline-ci and its tools", [*pip, "--editable", f".[{extra}]"])
    stamp.write_text(key, encoding="ascii")
    compile_sources()


if __name__ == "__main__":
    main()
