"""The differential corpus: small programs, what native CPython made of them, and where the sandbox is known to differ.

``corpus/programs/<area>.py`` holds programs, each begun by a line ``# --- name``. ``corpus/expected/<area>.json`` holds
what native CPython printed and raised; ``tools/record_corpus.py`` writes it. ``corpus/differences.toml`` has a table
for each program that the sandbox runs otherwise:

    ["area/name"]
    reason = "why, in one sentence"
    stdout = "what it prints in the sandbox"             left out where that is as natively
    error = "what it raises there, as `Type: text`"      left out where that is as natively; "" for nothing
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import parse_wheel_filename

from offline_ci.artifacts.lockfile import runtime_lock

PACKAGES = ("numpy", "pandas", "pillow", "python-dateutil", "six", "tzdata")
"""What the native interpreter needs beside its standard library, in the sandbox's versions."""
CORPUS = Path(__file__).parent / "corpus"
_SEPARATOR = re.compile(r"^# --- (\w+)\n", re.MULTILINE)
_DIFFERENCE_KEYS = {"reason", "stdout", "error"}


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the corpus.

    Attributes:
        area: the file that it is in.
        name: unique in its area.
        code: its text.
    """

    area: str
    name: str
    code: str

    @property
    def id(self) -> str:
        """``area/name``."""
        return f"{self.area}/{self.name}"

    @property
    def digest(self) -> str:
        """Tells whether a recording is of this text."""
        return hashlib.sha256(self.code.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a program.

    Attributes:
        stdout: what it printed.
        error: what it raised, as ``Type: text``; empty for nothing.
    """

    stdout: str
    error: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What native CPython made of an area's programs.

    Attributes:
        made_by: versions of the interpreter and of packages, by name.
        digests: of the recorded programs, by name.
        outcomes: of each program, by name.
    """

    made_by: dict[str, str]
    digests: dict[str, str]
    outcomes: dict[str, Outcome]


@dataclass(frozen=True, slots=True)
class Difference:
    """A known difference; see the module."""

    reason: str
    stdout: str | None = None
    error: str | None = None

    def applied_to(self, native: Outcome) -> Outcome:
        """What the sandbox is known to make of a program with this native outcome."""
        changes = {"stdout": self.stdout, "error": self.error}
        return replace(native, **{key: value for key, value in changes.items() if value is not None})


def locked_versions() -> dict[str, str]:
    """The versions of ``PACKAGES`` in the sandbox."""
    wheels = (parse_wheel_filename(spec.filename)[:2] for spec in runtime_lock().with_role("wheel"))
    versions = {str(name): str(version) for name, version in wheels}
    return {name: versions[name] for name in PACKAGES}


def read_programs(corpus: Path = CORPUS) -> list[Program]:
    """Every program, by area and place in its file.

    Raises:
        ValueError: a file does not begin with a separator, or a name is there twice; the message names the file.
    """
    found = []
    for path in sorted(corpus.glob("programs/*.py")):
        head, *parts = _SEPARATOR.split(path.read_text(encoding="utf-8"))
        names = parts[::2]
        if head or len(set(names)) != len(names):
            raise ValueError(f"{path} must begin with `# --- name`, and its names must differ.")
        found += [Program(path.stem, name, code.rstrip() + "\n") for name, code in zip(names, parts[1::2], strict=True)]
    return found


def expected_path(area: str) -> Path:
    """Where an area's recording lies."""
    return CORPUS / "expected" / f"{area}.json"


def read_recording(area: str) -> Recording:
    """What native CPython made of an area; empty where nothing has been recorded."""
    path = expected_path(area)
    if not path.exists():
        return Recording({}, {}, {})
    document = json.loads(path.read_text(encoding="utf-8"))
    rows = document["programs"]
    return Recording(
        document["made_by"],
        {name: row["digest"] for name, row in rows.items()},
        {name: Outcome("\n".join(row["stdout"]), row["error"]) for name, row in rows.items()},
    )


def write_recording(area: str, recording: Recording) -> None:
    """Write an area's recording, a printed line to a line."""
    rows = {
        name: {"digest": recording.digests[name], "stdout": outcome.stdout.split("\n"), "error": outcome.error}
        for name, outcome in recording.outcomes.items()
    }
    text = json.dumps({"made_by": recording.made_by, "programs": rows}, indent=1, ensure_ascii=True)
    expected_path(area).write_text(text + "\n", encoding="utf-8")


def read_differences(corpus: Path = CORPUS) -> dict[str, Difference]:
    """Known differences by the program's id.

    Raises:
        ValueError: a table has no reason, says nothing of what differs, or has unknown keys.
    """
    tables = tomllib.loads((corpus / "differences.toml").read_text(encoding="utf-8"))
    for name, table in tables.items():
        if not {"reason"} < set(table) <= _DIFFERENCE_KEYS:
            raise ValueError(f"differences.toml: {name} needs `reason` and `stdout` or `error`, and nothing else.")
    return {name: Difference(**table) for name, table in tables.items()}


def verdict(native: Outcome, here: Outcome, known: Difference | None) -> str:
    """What is wrong with an outcome; empty where the sandbox does as native Python does, or differs as is known."""
    if known is None:
        return "" if here == native else "differs from native Python"
    if here == native:
        return "differs no longer: take it out of differences.toml"
    return "" if here == known.applied_to(native) else "differs otherwise than differences.toml says"
