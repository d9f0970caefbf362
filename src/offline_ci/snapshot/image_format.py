"""What starting a guest from an image takes beside the compiled module: a JSON document."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from offline_ci.emscripten.checkpoint import HostState
from offline_ci.emscripten.host import SignalPtrs
from offline_ci.emscripten.ldso.state import LinkState
from offline_ci.snapshot.state import Entries, FreshGuest

_FORMAT = 1


def library_prefix(position: int) -> str:
    """What the names of a library's exports begin with in the merged module; ``position`` is that in ``LinkState``."""
    return f"{position}:"


@dataclass(frozen=True, slots=True)
class ImageDescription:
    """An image but for its code and memory.

    Attributes:
        fresh: the guest that was captured. GOT values are left out of its link state: they are in the code.
        host_functions: module by name of the functions that main imports.
        signal_ptrs: see ``Host``.
        memory_bytes: size of linear memory.
    """

    fresh: FreshGuest
    host_functions: Mapping[str, str]
    signal_ptrs: SignalPtrs
    memory_bytes: int

    @property
    def prefixes(self) -> dict[str, str]:
        """What the exports of each library begin with, by its name."""
        return {library.name: library_prefix(i) for i, library in enumerate(self.fresh.link.libraries)}

    def to_json(self) -> str:
        """As JSON, ASCII only."""
        host, blobs = self.fresh.host.to_json()
        link = self.fresh.link
        document = {
            "format": _FORMAT,
            "host": host,
            "blobs": [base64.b64encode(blob).decode("ascii") for blob in blobs],
            "link": replace(link, libraries=tuple(replace(entry, got=()) for entry in link.libraries)).to_json(),
            "entries": asdict(self.fresh.entries),
            "host_functions": dict(self.host_functions),
            "signal_ptrs": self.signal_ptrs._asdict(),
            "memory_bytes": self.memory_bytes,
        }
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> ImageDescription:
        """Read what ``to_json`` gave.

        Raises:
            ValueError: it is something else.
        """
        try:
            document = json.loads(text)
            if document["format"] != _FORMAT:
                raise ValueError(f"format {document['format']}, not {_FORMAT}")
            blobs = [base64.b64decode(blob, validate=True) for blob in document["blobs"]]
            fresh = FreshGuest(
                host=HostState.from_json(document["host"], blobs),
                link=LinkState.from_json(document["link"]),
                entries=Entries(**document["entries"]),
            )
            signal_ptrs = SignalPtrs(**document["signal_ptrs"])
            return cls(fresh, document["host_functions"], signal_ptrs, document["memory_bytes"])
        except (LookupError, TypeError, AttributeError, binascii.Error) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from error
