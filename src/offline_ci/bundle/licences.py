"""The licences of everything that a bundle carries: a table, and the texts that came with it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offline_ci.bundle.contents import Item
from offline_ci.bundle.wheels import LICENCE_TEXT, Wheel


@dataclass(frozen=True, slots=True)
class Component:
    """One thing with a licence of its own.

    Attributes:
        kind: ``library``, ``file`` or ``machine-learning-model``, as CycloneDX calls them.
        name: its name.
        version: empty where it has none.
        licence: an SPDX expression or the publisher's words.
        purl: its package address (https://github.com/package-url/purl-spec), empty where it has none.
        sha256: of the file that carries it.
        where: on which side: ``host``, ``sandbox`` or ``model``.
    """

    kind: str
    name: str
    version: str
    licence: str
    purl: str
    sha256: str
    where: str


def wheel_texts(wheels: Sequence[Wheel]) -> Iterator[Item]:
    """The licence files of the host's packages."""
    for wheel in wheels:
        for path, text in sorted(wheel.licence_texts.items()):
            yield _text(f"host/{wheel.name}-{wheel.version}", path, text)


def distribution_texts(files: Sequence[Path]) -> Iterator[Item]:
    """The licence files in the sandbox's packages."""
    for file in files:
        if file.suffix != ".whl":
            continue
        with zipfile.ZipFile(file) as archive:
            for path in sorted(filter(LICENCE_TEXT.search, archive.namelist())):
                if not path.endswith("/"):
                    yield _text(f"sandbox/{'-'.join(file.name.split('-')[:2])}", path, archive.read(path))


def _text(package: str, path: str, text: bytes) -> Item:
    """Under its whole path: one package may have several files of one name."""
    return Item("document", f"licences/{package}/{path.partition('.dist-info/')[2].replace('/', '_')}", text)


def table(components: Sequence[Component]) -> bytes:
    """All licences at a glance, as Markdown."""
    rows = [
        f"| {part.name} | {part.version} | {part.licence or 'see its text'} | {part.where} |"
        for part in sorted(components, key=lambda part: (part.where, part.name, part.version))
    ]
    head = ["# Licences", "", "What this bundle carries. The texts lie in the folders beside this file.", ""]
    return "\n".join([*head, "| what | version | licence | where |", "|---|---|---|---|", *rows, ""]).encode()
