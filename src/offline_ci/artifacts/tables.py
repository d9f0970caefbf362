"""Strict reading of the tables that lock files and the catalogue consist of.

Every complaint names the file and the key, and says what was expected there. A key that nobody asked for is an error
too: a misspelt ``sha265`` must not pass for an absent one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from offline_ci.errors import LockfileError

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_FILENAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+~@=-]*")
_MEND: Final = "Restore the file from the package (pip install --force-reinstall offline-ci) or the repository."


class Table:
    """A mapping whose keys are taken one by one, each with its type.

    Args:
        data: what the JSON or TOML reader returned at this place.
        file: the file's name, for messages.
        key: the path to this place, for messages; empty at the top.

    Raises:
        LockfileError: ``data`` is no table.
    """

    def __init__(self, data: object, *, file: str, key: str = "") -> None:
        self.file = file
        self.key = key
        if not isinstance(data, Mapping):
            raise self.error("", f"is {_kind(data)} where a table is expected")
        self._data: dict[str, object] = {str(name): value for name, value in data.items()}
        self._taken: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def error(self, name: str, complaint: str) -> LockfileError:
        """An error about the key ``name`` of this table."""
        place = ".".join(part for part in (self.key, name) if part) or "The top level"
        return LockfileError(f"{self.file}: {place} {complaint}.", hint=_MEND)

    def text(self, name: str) -> str:
        """A string that is not empty."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(name, f"is {_kind(value)} where a text is expected")
        return value

    def size(self, name: str) -> int:
        """A positive number of bytes."""
        return self._above_zero(name, "a number of bytes")

    def count(self, name: str) -> int:
        """A positive number."""
        return self._above_zero(name, "a whole number")

    def percentage(self, name: str) -> float:
        """A number from 0 to 100."""
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            raise self.error(name, f"is {_kind(value)} where a number from 0 to 100 is expected")
        return float(value)

    def sha256(self, name: str) -> str:
        """Sixty-four hexadecimal digits in lower case."""
        value = self.text(name)
        if not _SHA256.fullmatch(value):
            raise self.error(name, f"is {value!r} where 64 lower-case hexadecimal digits are expected")
        return value

    def filename(self, name: str) -> str:
        """A file name without any folder, so that nothing is ever written elsewhere."""
        value = self.text(name)
        if not _FILENAME.fullmatch(value):
            raise self.error(name, f"is {value!r} where a plain file name is expected")
        return value

    def matching(self, name: str, pattern: str, meaning: str) -> str:
        """A string of the given form."""
        value = self.text(name)
        if not re.fullmatch(pattern, value):
            raise self.error(name, f"is {value!r} where {meaning} is expected")
        return value

    def table(self, name: str) -> Table:
        """A table inside this one."""
        return Table(self._take(name), file=self.file, key=self._path(name))

    def tables(self, name: str) -> list[Table]:
        """A list of tables, at least one."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            raise self.error(name, f"is {_kind(value)} where a list of tables is expected")
        return [Table(item, file=self.file, key=f"{self._path(name)}[{i}]") for i, item in enumerate(value)]

    def named_tables(self) -> Iterator[tuple[str, Table]]:
        """Every key of this table, each of which must hold a table."""
        for name in self._data:
            yield name, self.table(name)

    def check_schema(self, expected: int) -> None:
        """The key ``schema`` must be the version that this code reads."""
        value = self._take("schema")
        if value != expected or isinstance(value, bool):
            raise self.error("schema", f"is {value!r} where {expected} is expected")

    def close(self) -> None:
        """Complain about keys that nobody asked for."""
        unknown = sorted(self._data.keys() - self._taken)
        if unknown:
            raise self.error(unknown[0], "is not a key that belongs here")

    def _above_zero(self, name: str, what: str) -> int:
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise self.error(name, f"is {_kind(value)} where {what} above zero is expected")
        return value

    def _take(self, name: str) -> object:
        if name not in self._data:
            raise self.error(name, "is missing")
        self._taken.add(name)
        return self._data[name]

    def _path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return repr(value) if value.strip() else "an empty text"
    if isinstance(value, Mapping):
        return "a table"
    return "an empty list" if value == [] else "a list" if isinstance(value, list) else repr(value)
