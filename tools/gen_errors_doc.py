"""Write ``docs/errors.md`` from ``offline_ci.errors``. With ``--check``, only see whether it is up to date."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from page import write_or_check

from offline_ci import errors
from offline_ci.cli.exit_codes import of_error
from offline_ci.errors import OfflineCIError, PromptTooLongError

TARGET = Path(__file__).resolve().parents[1] / "docs" / "errors.md"
INTRO = """\
# Errors

<!-- Written by tools/gen_errors_doc.py from offline_ci.errors. -->

What guest code causes is a value (`ExecutionResult.status`), never an exception. Each of these means that the host
could not do its part. All derive from `OfflineCIError`; `message` names the thing and the reason, `hint` the mend.

| code | class | kind of | exit status | meaning |
|---|---|---|---|---|
"""


def main() -> None:
    """Entry point."""
    write_or_check(TARGET, document())


def document() -> str:
    """The whole page."""
    return INTRO + "".join(_row(cls) for cls in all_errors(OfflineCIError))


def all_errors(cls: type[OfflineCIError]) -> Iterator[type[OfflineCIError]]:
    """A class and all below it that ``offline_ci.errors`` defines, parents first, in the order of the source."""
    yield cls
    for child in cls.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from all_errors(child)


def _row(cls: type[OfflineCIError]) -> str:
    example = cls("", n_tokens=1, n_ctx=1) if cls is PromptTooLongError else cls("")
    meaning = (inspect.getdoc(cls) or "").split("\n")[0]
    parent = "" if cls is OfflineCIError else f"`{cls.__base__.__name__}`"
    return f"| `{cls.code}` | `{cls.__name__}` | {parent} | {int(of_error(example))} | {meaning} |\n"


if __name__ == "__main__":
    main()
