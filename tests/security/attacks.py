"""Attack programs: what each must end in, and the proof that it would have worked without the wall.

``programs/<group>/<name>.py`` begins with comment lines in TOML, up to the first line that is no comment:

    # what = "one sentence: what the program tries"
    # status = "error"                  exact status of the cell
    # error = "FileNotFoundError"       exact class of the exception; left out where there is none
    # says = "No such file"             in the exception's text or the output; left out where that may be anything
    # limit = "time_s"                  which limit, for the statuses of limits
    # control = "native"                what proves that the attack is one, see ``CONTROLS``
    # twin = "print('REACHED')"         the harmless twin, for the control ``twin``
    # breaks_python = true              the cell after it gets a new Python, with the files but without the variables
    # known = "later cells fail"        where it does not end so yet: what happens instead

A program prints ``REACHED`` where it got what it wanted. ``@FILE@``, ``@FOLDER@``, ``@PORT@`` and ``@UNIX@`` stand for
canaries of the host, which must be as they were afterwards; its environment has ``OFFLINE_CI_CANARY``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PROGRAMS = Path(__file__).parent / "programs"
REACHED = "REACHED"
CANARY = "OFFLINE_CI_CANARY"
TIME_S = 2.0
"""Limit of every attack; memory, disk and output have small limits, too, see ``test_attacks``."""

Control = Literal["native", "hangs", "dies", "grows", "twin"]
CONTROLS: dict[Control, str] = {
    "native": "on native CPython it prints REACHED",
    "hangs": "on native CPython it is still running after the time limit",
    "dies": "on native CPython it takes the process with it, or its SystemExit ends the process",
    "grows": "on native CPython with 1 GB it runs out of memory, or writes more than 100 MB",
    "twin": "in the sandbox the same means, used as they are meant, print REACHED: nothing else is in the way",
}


@dataclass(frozen=True, slots=True)
class Attack:
    """A program and what must come of it; see the module."""

    id: str
    code: str
    what: str
    status: str
    control: Control
    error: str | None = None
    says: str | None = None
    limit: str | None = None
    twin: str | None = None
    breaks_python: bool = False
    known: str | None = None


def all_attacks() -> list[Attack]:
    """Every program, by its path.

    Raises:
        ValueError: a header is wrong; the message names the file.
    """
    return [_read(path) for path in sorted(PROGRAMS.glob("*/*.py"))]


def _read(path: Path) -> Attack:
    name = f"{path.parent.name}/{path.stem}"
    code = path.read_text(encoding="utf-8")
    lines = code.splitlines()
    n_header = next((i for i, line in enumerate(lines) if not line.startswith("# ")), len(lines))
    try:
        attack = Attack(id=name, code=code, **tomllib.loads("\n".join(line[2:] for line in lines[:n_header])))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ValueError(f"The header of {path} is wrong: {error}") from error
    if attack.control not in CONTROLS or (attack.control == "twin") != (attack.twin is not None):
        raise ValueError(f"The control of {path} is wrong: {attack.control!r}")
    return attack


def run_natively(code: str, folder: Path, time_s: float) -> tuple[str, int | None, bool]:
    """Run a program on this Python, in a process with 1 GB.

    Args:
        code: the program.
        folder: where it runs.
        time_s: after which it is killed.

    Returns:
        Its output with its error, its exit status (None where it had to be killed), and whether it ran out of memory.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 20, 100 << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), CANARY: "canary"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509 - no threads here
        )
        try:
            status = process.wait(time_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            status = None
    size = output.stat().st_size
    with output.open("rb") as file:
        text = file.read(1 << 16).decode(errors="replace")
        file.seek(max(0, size - (1 << 12)))
        text += file.read().decode(errors="replace")
    is_full = size >= 100 << 20 or "MemoryError" in text or "File too large" in text or status in {-9, -25}
    return text, status, is_full
