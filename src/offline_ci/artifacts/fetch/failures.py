"""Why a source could not deliver, in words; and the one error that tells it all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from offline_ci.artifacts.specs import ArtifactSpec
from offline_ci.errors import FetchError

_UNREACHABLE: Final = re.compile(
    r"name resolution|name or service not known|nodename nor servname|getaddrinfo|network is unreachable"
    r"|no route to host|connection refused|failed to establish a new connection|connect timeout|connecttimeout"
    r"|connection timed out|cannot connect to proxy"
    r"|\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b"  # not of a ModuleNotFoundError
    r"|connecterror|offline mode is enabled|cannot reach",
    re.IGNORECASE,
)
# pip, in many words, of a file whose hash is not the requirement's.
_OTHER_HASH: Final = re.compile(r"Expected sha256 ([0-9a-f]{64})\s+Got\s+([0-9a-f]{64})")
_ERROR_LINE: Final = re.compile(r"(ERROR:|npm error|npm ERR!)\s*")
_NOISE: Final = re.compile(r"A complete log|code |errno |syscall |$")
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+@")
_REASON_CHARS: Final = 300
_NAMED: Final = 3

OFFLINE_WAYS: Final = (
    "Connect it, or bring the files another way: name a folder that holds them (OFFLINE_CI_SOURCE_DIR), a mirror"
    " in your network (OFFLINE_CI_MIRROR), or copy the folder OFFLINE_CI_HOME from a connected machine of the same kind"
)


class SourceFailedError(Exception):
    """A source did not deliver; the next one is tried.

    Args:
        reason: what it said, one line.
        unreachable: nothing was reached at all, so that there is no use in asking it for more.
        mend: a mend of its own, for example a client to install.
    """

    def __init__(self, reason: str, *, unreachable: bool = False, mend: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unreachable = unreachable
        self.mend = mend


class StoppedError(Exception):
    """The fetch is being given up; nobody is told."""


def redact(text: str) -> str:
    """The text without user names and passwords in addresses."""
    return _CREDENTIALS.sub("", text)


def failure_from_output(output: str) -> SourceFailedError:
    """The failure that a client's words tell of.

    Args:
        output: everything it printed.
    """
    unreachable = _UNREACHABLE.search(output)
    if unreachable is not None:
        return SourceFailedError(f"cannot be reached ({unreachable[0]})", unreachable=True)
    other = _OTHER_HASH.search(output)
    if other is not None:
        return SourceFailedError(f"what it has is not the pinned file: found {other[2]}, expected {other[1]}")
    lines = [line.strip() for line in redact(output).splitlines() if line.strip()]
    errors = [_ERROR_LINE.sub("", line) for line in lines if _ERROR_LINE.match(line)]
    telling = [line for line in errors if not _NOISE.match(line)] or lines[-2:]
    reason = " ".join(dict.fromkeys(telling)) or "it said nothing"
    return SourceFailedError(reason if len(reason) <= _REASON_CHARS else reason[: _REASON_CHARS - 1] + "…")


class FailureLog:
    """What every source said about every artefact."""

    def __init__(self) -> None:
        self._said: dict[ArtifactSpec, list[tuple[str, SourceFailedError]]] = {}

    def add(self, spec: ArtifactSpec, source: str, failure: SourceFailedError) -> None:
        """Note that ``source`` failed for ``spec``."""
        self._said.setdefault(spec, []).append((source, failure))

    def moving_on(self, spec: ArtifactSpec, source: str) -> str | None:
        """What to tell before ``source`` is tried for ``spec``; None where it is the first one."""
        said = self._said.get(spec)
        return f"{said[-1][0]}: {said[-1][1].reason.rstrip('.')}. Trying {source}." if said else None

    def error(self, specs: Sequence[ArtifactSpec]) -> FetchError:
        """The error about the artefacts that no source delivered."""
        said = [entry for spec in specs for entry in self._said.get(spec, [])]
        sources: dict[str, dict[str, None]] = {}
        for source, failure in said:
            sources.setdefault(failure.reason.rstrip("."), {})[source] = None
        told = "; ".join(f"{_few(list(names))}: {reason}" for reason, names in sources.items()) or "it has no source"
        names = _few([spec.name for spec in specs])
        return FetchError(f"Could not fetch {names}: {told}.", hint=_hint(specs[0], said))


def _few(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _NAMED
    return " and ".join([", ".join(names[:_NAMED]), *([f"{more} more"] if more > 0 else [])])


def _hint(spec: ArtifactSpec, said: list[tuple[str, SourceFailedError]]) -> str:
    mends = list(dict.fromkeys(failure.mend for _, failure in said if failure.mend))
    again = f"then run `{spec.mend}` again; what has arrived is kept."
    if said and any(failure.unreachable for _, failure in said) and not mends:
        return f"This machine seems to have no network. {OFFLINE_WAYS}; {again}"
    if mends:
        return f"{'; '.join(mends)}; {again}"
    return (
        f"Look at what each source said; {again} {OFFLINE_WAYS.replace('Connect it, or bring', 'You can also bring')}."
    )
