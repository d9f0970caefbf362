"""Looks at the user's files inside the sandbox and says what a programmer must know to read them.

Standard library, and Pillow, openpyxl and pypdf where a file needs them (pandas would cost a second). A file that
cannot be understood is described by its size, never an error.

This module runs in the guest; see the package.
"""

from __future__ import annotations

import importlib.util
import json
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from offline_ci.interpreter.guest.description import Description
from offline_ci.interpreter.guest.documents import (
    PLAIN_PIXELS,
    describe_archive,
    describe_image,
    describe_office,
    describe_pdf,
    describe_sound,
)
from offline_ci.interpreter.guest.tables import SAMPLE_BYTES, describe_excel, describe_sqlite
from offline_ci.interpreter.guest.texts import describe_text

IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ico", ".ppm"}
READERS = {".parquet": "pyarrow", ".feather": "pyarrow", ".xls": "xlrd", ".heic": "pillow_heif"}


def main(names: list[str], max_chars: int, given: Sequence[str] = ()) -> str:
    """JSON: name to ``Description``; of pictures also whether they show what a given one shows."""
    found = {name: describe(Path(name), max_chars) for name in names}
    for name in names:
        same = next((other for other in given if other != name and _is_same_picture(Path(name), Path(other))), None)
        if same is not None:
            found[name]["text"] += f", the same pixels as {same}"
    return json.dumps(found)


def _is_same_picture(path: Path, other: Path) -> bool:
    if path.suffix.lower() not in IMAGES or path.suffix.lower() != other.suffix.lower():
        return False
    from PIL import Image

    try:
        with Image.open(path) as one, Image.open(other) as two:
            if one.size != two.size or one.width * one.height > PLAIN_PIXELS:
                return False
            return one.convert("RGBA").tobytes() == two.convert("RGBA").tobytes()
    except (OSError, ValueError):
        return False


def describe(path: Path, max_chars: int = 1500) -> Description:
    """What one file holds."""
    try:
        found = _describe(path)
    except Exception as exc:  # noqa: BLE001 - whatever a user's file does to a parser, the name and size are known
        found = {"text": f"could not be inspected ({type(exc).__name__}: {str(exc)[:100]})"}
    size = path.stat().st_size if path.is_file() else 0
    text = f"{path.as_posix()} ({_size(size)}): {found['text']}"
    return {"columns": [], "read": "", **found, "text": text[:max_chars]}


def _describe(path: Path) -> Description:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head:
        return {"text": "an empty file"}
    if suffix in IMAGES:
        return describe_image(path)
    if suffix in {".xlsx", ".xlsm"}:
        return describe_excel(path)
    if head.startswith(b"SQLite format 3\0"):
        return describe_sqlite(path)
    if suffix in {".docx", ".pptx"} and zipfile.is_zipfile(path):
        return describe_office(path, suffix)
    if zipfile.is_zipfile(path) or (suffix in {".tar", ".tgz", ".gz", ".bz2", ".xz"} and tarfile.is_tarfile(path)):
        return describe_archive(path)
    if head.startswith(b"%PDF"):
        return describe_pdf(path)
    if suffix == ".wav":
        return describe_sound(path)
    if suffix in READERS:
        kind, reader = suffix[1:], READERS[suffix]
        if importlib.util.find_spec(reader) is None:
            return {"text": f"a {kind} file; {reader}, which reads it, is not installed here"}
        return {"text": f"a {kind} file; {reader} reads it"}
    encoding = _encoding(head)
    if encoding is None:
        return {"text": f"binary data, beginning with {head[:16].hex(' ')}"}
    return describe_text(path, suffix, encoding)


def _encoding(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        return None
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as exc:
        # The sample may end inside a character.
        return "utf-8" if exc.start > len(head) - 4 and len(head) == SAMPLE_BYTES else "cp1252"
    return "utf-8"


def _size(n: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if n < 1000 or unit == "MB":
            return f"{n} {unit}" if unit == "bytes" else f"{n:.1f} {unit}"
        n /= 1000  # type: ignore[assignment]
    raise AssertionError
