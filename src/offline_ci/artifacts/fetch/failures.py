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
    r"|connection timed out|cannot connect to proxy|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT"
    r"|connecterror|offline mode is enabled|cannot reach",
    re.IGNORECASE,
)
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+@")
_REASON_CHARS: Final = 300

OFFLINE_WAYS: Final = (
    "Connect it, or bring the files another way: name a folder that holds them (OFFLINE_CI_SOURCE_DIR), a mirror"
    " in your network (OFFLINE_CI_MIRROR), or install a bundle made on a connected machine"
    " (`offline-ci bundle install FILE`)"
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


def reason_from_output(output: str, *, wanted: str = r"error|err!") -> str:
    """The telling lines of what a client printed, as one line.

    Args:
        output: everything it printed.
        wanted: pattern of the lines that tell most; the last lines are taken where none matches.
    """
    lines = [line.strip() for line in redact(output).splitlines() if line.strip()]
    telling = [line for line in lines if re.search(wanted, line, re.IGNORECASE)] or lines[-2:]
    unique = list(dict.fromkeys(telling))[:3]
    reason = " ".join(unique) or "it said nothing"
    return reason if len(reason) <= _REASON_CHARS else reason[: _REASON_CHARS - 1] + "…"


def is_unreachable(output: str) -> bool:
    """Whether a client's words mean that the network is not there."""
    return _UNREACHABLE.search(output) is not None


class FailureLog:
    """What every source said about every artefact."""

    def __init__(self) -> None:
        self._said: dict[ArtifactSpec, list[tuple[str, SourceFailedError]]] = {}

    def add(self, spec: ArtifactSpec, source: str, failure: SourceFailedError) -> None:
        """Note that ``source`` failed for ``spec``."""
        self._said.setdefault(spec, []).append((source, failure))

    def error(self, specs: Sequence[ArtifactSpec]) -> FetchError:
        """The error about the artefacts that no source delivered."""
        said = [entry for spec in specs for entry in self._said.get(spec, [])]
        reasons = dict.fromkeys((source, failure.reason) for source, failure in said)
        more = f" and {len(specs) - 1} more {'file' if len(specs) == 2 else 'files'}" if len(specs) > 1 else ""
        told = "; ".join(f"{source}: {reason.rstrip('.')}" for source, reason in reasons) or "it has no source"
        return FetchError(f"Could not fetch {specs[0].name}{more}. {told}.", hint=_hint(specs[0], said))


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
