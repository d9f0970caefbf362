"""Pages that are written from the code: written, or with ``--check`` only compared."""

from __future__ import annotations

import sys
from pathlib import Path


def write_or_check(page: Path, text: str) -> None:
    """Give a page its text; with ``--check`` on the command line end with status 1 where it has another one."""
    if "--check" not in sys.argv[1:]:
        page.write_text(text, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        sys.exit(f"{page.name} is out of date: run `make docs`.")


def write_or_check_part(page: Path, begin: str, end: str, part: str) -> None:
    """The same for what stands between two lines of a page that people write."""
    text = page.read_text(encoding="utf-8")
    head, found_begin, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found_begin or not found_end:
        sys.exit(f"{page.name} has no place for what {Path(sys.argv[0]).name} writes.")
    write_or_check(page, f"{head}{begin}\n{part}\n{end}{tail}")
