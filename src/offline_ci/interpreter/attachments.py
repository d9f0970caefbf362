"""The host files that a session was given, and which of them the model has still to be told about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offline_ci.errors import UsageError
from offline_ci.interpreter.inspect_files import FileFacts, inspect_files
from offline_ci.interpreter.ports import CellRunner
from offline_ci.interpreter.saving import grant_files


@dataclass(frozen=True, slots=True)
class AttachmentsRecord:
    """All that ``Attachments`` knows, for another process."""

    paths: dict[str, Path]
    facts: dict[str, FileFacts]
    pending: list[str]


@dataclass(frozen=True, slots=True)
class AttachmentsMark:
    """What ``Attachments`` held at one moment."""

    names: frozenset[str]
    pending: tuple[str, ...]


class Attachments:
    """Files of the host in one sandbox.

    Args:
        sandbox: where they are offered.
    """

    def __init__(self, sandbox: CellRunner) -> None:
        self._sandbox = sandbox
        self._paths: dict[str, Path] = {}
        self._facts: dict[str, FileFacts] = {}
        self._pending: list[str] = []

    @property
    def paths(self) -> dict[str, Path]:
        """Host path of each file, by its name in the session."""
        return dict(self._paths)

    def grant(self, paths: Iterable[Path]) -> list[str]:
        """Offer files read-only under their own names; one that is offered again is read anew, under the same name.

        Returns:
            Their names in the session.

        Raises:
            UsageError: one cannot be opened.
        """
        names = [self._grant_one(path.absolute()) for path in paths]
        self._pending += [name for name in names if name not in self._pending]
        return names

    def inspect(self, names: Iterable[str]) -> list[FileFacts]:
        """What files hold; each is looked into until something was found."""
        names = list(names)
        found = {fact.name: fact for fact in inspect_files(self._sandbox, [n for n in names if n not in self._facts])}
        self._facts |= {name: fact for name, fact in found.items() if fact.text != name}
        return [self._facts.get(name) or found[name] for name in names]

    def take(self) -> list[FileFacts]:
        """The facts that the model has not been told yet; it is told them now."""
        facts = self.inspect(self._pending)
        self._pending.clear()
        return facts

    def start_again(self) -> None:
        """The sandbox is a fresh one and the model has forgotten everything.

        A sandbox that went on from a file has copies of what was attached, which a fresh start loses: these are offered
        once more, and what can no longer be opened is no longer attached.
        """
        present = {file.path for file in self._sandbox.files.list()}
        for name in [name for name in self._paths if name not in present]:
            try:
                self._sandbox.files.grant(self._paths[name], name)
            except UsageError:
                del self._paths[name]
        self._pending = list(self._paths)

    def move(self, sandbox: CellRunner) -> None:
        """The session goes on in another sandbox, which has the files."""
        self._sandbox = sandbox

    def record(self) -> AttachmentsRecord:
        """All of it, for ``recall``."""
        return AttachmentsRecord(dict(self._paths), dict(self._facts), list(self._pending))

    def recall(self, record: AttachmentsRecord) -> None:
        """Know what another one knew, whose files the sandbox has."""
        self._paths, self._facts, self._pending = dict(record.paths), dict(record.facts), list(record.pending)

    def mark(self) -> AttachmentsMark:
        """This moment, for ``restore``."""
        return AttachmentsMark(frozenset(self._paths), tuple(self._pending))

    def restore(self, mark: AttachmentsMark) -> None:
        """Go back, except that what was attached since stays: it is offered once more to a sandbox that went back.

        Raises:
            UsageError: a file attached since can no longer be opened; it is then no longer attached.
        """
        later = {name: self._paths.pop(name) for name in list(self._paths) if name not in mark.names}
        self._pending = list(mark.pending)
        for name, path in later.items():
            self._sandbox.files.grant(path, name)
            self._paths[name] = path
            self._pending.append(name)

    def _grant_one(self, path: Path) -> str:
        known = next((name for name, there in self._paths.items() if there == path), None)
        name = self._sandbox.files.grant(path, known) if known else grant_files(self._sandbox, [path])[0]
        self._paths[name] = path
        self._facts.pop(name, None)
        return name
