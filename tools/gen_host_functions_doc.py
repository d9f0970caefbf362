"""Write ``docs/host-functions.md`` from the registry; ``--check`` only says whether it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.registry import HostFunction, Support

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "host-functions.md"
_HEAD = """\
# Host functions

All that code in the sandbox can reach outside of its own memory: the functions that the main module imports.
Generated from `offline_ci.emscripten.functions` by `tools/gen_host_functions_doc.py`; a test holds them against the
module's import section.

Types are Emscripten's letters, result first: `v` nothing, `i` signed and `p` unsigned 32 bits, `j` 64 bits, `d` a
double, `e` a reference.
"""
_SECTIONS = {
    Support.FULL: ("As on Linux", "A note tells what is different by nature."),
    Support.PARTIAL: ("In part", "The note tells what is left out."),
    Support.REFUSED: ("Refused", "The program gets an ordinary error, or hears that there is nothing."),
    Support.TRAP: ("Absent", "A call stops the guest (status `trap`); from Python code only `ctypes` reaches them."),
}


def _row(function: HostFunction) -> str:
    return f"| `{function.name}` | `{function.signature}` | {function.note} |"


def _table(functions: list[HostFunction]) -> str:
    return "\n".join(["| function | type | note |", "|---|---|---|", *map(_row, functions)])


def _by_note(functions: list[HostFunction]) -> str:
    groups: dict[str, list[str]] = {}
    for function in functions:
        groups.setdefault(function.note, []).append(f"`{function.name}`")
    return "\n\n".join(f"**{note[0].upper()}{note[1:]}:** {', '.join(names)}." for note, names in groups.items())


def document() -> str:
    """The page's text."""
    parts = [_HEAD.strip()]
    for support, (title, text) in _SECTIONS.items():
        functions = sorted((f for f in HOST_FUNCTIONS if f.support is support), key=lambda f: f.name.lstrip("_"))
        body = _by_note(functions) if support is Support.TRAP else _table(functions)
        parts += [f"## {title} ({len(functions)})", text, body]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write, or with ``--check`` compare; 1 if the page is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    text = document()
    if not parser.parse_args().check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/host-functions.md is out of date. Run: python tools/gen_host_functions_doc.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
