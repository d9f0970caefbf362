"""Which files a request asks for, by name or by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

_EXTENSIONS: Final = (
    "png|jpg|jpeg|gif|bmp|tif|tiff|webp|svg|pdf|ico|csv|tsv|xlsx|json|jsonl|geojson|xml|html|htm|txt|md|log|yaml|yml|"
    "toml|ini|zip|tar|gz|db|sqlite|sqlite3|docx|pptx|wav|npy|npz|py|ipynb|ics|vcf|tex|bib"
)
_NAME = re.compile(rf"(?<![\w./\\:-])[\w][\w./-]*?\.(?:{_EXTENSIONS})(?![\w-])(?!\.\w)", re.IGNORECASE)
_QUOTED = re.compile(rf"[\"'`]([\w][^\"'`\n]*?\.(?:{_EXTENSIONS}))[\"'`]", re.IGNORECASE)

_FORMATS: Final = {
    "csv": ("csv", "csv"),
    "json": ("json", "json jsonl"),
    "excel|xlsx|spreadsheet|workbook": ("xlsx", "xlsx"),
    "png": ("png", "png"),
    "jpe?g": ("jpg", "jpg jpeg"),
    "gif|animation": ("gif", "gif"),
    "webp": ("webp", "webp"),
    "bmp": ("bmp", "bmp"),
    "tiff?": ("tif", "tif tiff"),
    "svg": ("svg", "svg"),
    "pdf": ("pdf", "pdf"),
    "html": ("html", "html htm"),
    "markdown": ("md", "md"),
    "word(?= (?:file|document))|docx": ("docx", "docx"),
    "powerpoint|pptx|presentation": ("pptx", "pptx"),
    "zip": ("zip", "zip"),
}
"""What a format is called: its suffix, and those that will do."""
_MAKING = re.compile(
    r"\b(?:convert|turn|export|save|make|create|write|produce|generate|build|need|want|give me|transform|to)\b|->|→",
    re.IGNORECASE,
)
_FILE: Final = r"(?:(?:the|my|this|attached) ){0,2}(?:file |image |picture |table )?[\"'`]?$"
_READING: Final = re.compile(
    r"\b(?:from|of|using|read|open|load|convert|merge|join|combine|compare|analy[sz]e|summari[sz]e|describe|inspect"
    rf"|look at|count|resize|crop|rotate|invert|sort|filter|unzip|extract|plot) {_FILE}",
    re.IGNORECASE,
)
_LOOKING: Final = re.compile(rf"\b(?:in|inside|does|do|did|is|are|was|were|has|according to) {_FILE}", re.IGNORECASE)
_ASKING: Final = re.compile(
    r"\b(?:what|which|who|when|where|how|is|are|does|do|did|count|find|list|show)\b", re.IGNORECASE
)
_EXAMPLE: Final = re.compile(
    r"(?:\be\.? ?g\.?|\bfor example|\bfor instance|\bsuch as|\blike),? [\"'`]?$", re.IGNORECASE
)
_LISTED: Final = re.compile(r"(?:[\"'`]?[\w./-]+\.\w{1,6}[\"'`]?(?:,| and| or| with| &) )+[\"'`]?$")
"""The names before one in a list: what is done with the first is done with it, too."""
_SHOWING = re.compile(r"\b(?:print|show|tell|display|what|which|how)\b", re.IGNORECASE)


def wanted_formats(request: str, present: Iterable[str]) -> dict[str, frozenset[str]]:
    """Kinds of files that the request asks for without a name: suffix to the suffixes that will do.

    Args:
        request: the user's words.
        present: names of the files at hand, whose formats may be named as what to read.
    """
    if not _MAKING.search(request) or _SHOWING.search(request):
        return {}
    at_hand = {PurePosixPath(name).suffix[1:].lower() for name in present}
    wanted = {}
    for called, (suffix, others) in _FORMATS.items():
        target = rf"(?:->|→|\b(?:to|into|as|an?|one|new|single)\b)\s*(?:an?\s+)?(?:{called})\b"
        if not at_hand.intersection(others.split()) and re.search(target, request, re.IGNORECASE):
            wanted[suffix] = frozenset(others.split())
    return wanted


def wanted_files(request: str, known_texts: Iterable[str]) -> list[str]:
    """Names in the request of files that do not exist yet: these the program has to write.

    Args:
        request: the user's words.
        known_texts: whatever describes the files that exist, archive members included.
    """
    return [name for name, is_read in _unknown_files(request, known_texts) if not is_read]


def absent_files(request: str, known_texts: Iterable[str]) -> list[str]:
    """Names in the request of files that it wants to be read, and that do not exist.

    Args:
        request: the user's words.
        known_texts: whatever describes the files that exist, archive members included.
    """
    return [name for name, is_read in _unknown_files(request, known_texts) if is_read]


def _unknown_files(request: str, known_texts: Iterable[str]) -> list[tuple[str, bool]]:
    """Each name with whether it is surely one to be read."""
    quoted = _QUOTED.findall(request)
    found = quoted + [name for name in _NAME.findall(request) if not any(name in longer for longer in quoted)]
    known = "\n".join(known_texts).lower()
    names = [name for name in found if not _is_address(name) and PurePosixPath(name).name.lower() not in known]
    unknown: list[tuple[str, bool]] = []
    for name in dict.fromkeys(names):
        before = re.split(r"[.!?;]\s", request[: request.index(name)])[-1]
        if _EXAMPLE.search(request[: request.index(name)]):
            continue
        follows = bool(unknown) and unknown[-1][1] and re.fullmatch(r".*\b(?:and|or|,)\s*[\"'`]?", before, re.DOTALL)
        unknown.append((name, bool(follows) or _is_read(_LISTED.sub("", before))))
    return unknown


def _is_read(before: str) -> bool:
    """Whether what stands before a name says that the file is there."""
    if _READING.search(before):
        return True
    return bool(_ASKING.search(before)) and not _MAKING.search(before) and bool(_LOOKING.search(before))


def _is_address(name: str) -> bool:
    """Whether this is rather a page of a web site: ``example.org/index.html``."""
    return "." in name.partition("/")[0] and "/" in name


def missing(wanted: Sequence[str], present: Iterable[str]) -> list[str]:
    """Which wanted files are not among the present ones; folders are not compared."""
    names = {PurePosixPath(name).name.lower() for name in present}
    return [name for name in wanted if PurePosixPath(name).name.lower() not in names]
