"""The manifest of a bundle: every member with its digest, and the machine that it is for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from .errors import BundleError

FORMAT = 1
NAME = "manifest.json"

Role = Literal["wheel", "home", "compiled", "document"]


@dataclass(frozen=True)
class Member:
    """One file of the payload.

    Attributes:
        path: its name in the archive, POSIX.
        offset: where its bytes begin in the payload.
        size: how many there are.
        sha256: their digest, hexadecimal.
        role: ``wheel`` (installed as a package), ``home`` (placed below our home folder), ``compiled`` (likewise, where
            the processor is of the family that it was compiled for) or ``document`` (licences, list of components).
    """

    path: str
    offset: int
    size: int
    sha256: str
    role: Role

    @property
    def target(self) -> str:
        """Where it belongs below the home folder: its path without the first folder."""
        return self.path.partition("/")[2]


@dataclass(frozen=True)
class Part:
    """A piece of the payload in a file of its own, named like the head with ``suffix`` added."""

    suffix: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Model:
    """A model that no catalogue knows and that must be registered.

    Attributes:
        name: what it is called.
        target: its file below the home folder.
        sha256: of the file.
        size: of the file, in bytes.
        origin: ``added``, or the ``hf:REPO/FILE`` it came from.
    """

    name: str
    target: str
    sha256: str
    size: int
    origin: str


@dataclass(frozen=True)
class Machine:
    """What a machine must be for a bundle to work there.

    Attributes:
        system: as ``platform.system`` says, for example ``Linux``.
        machine: as ``platform.machine`` says, for example ``x86_64``.
        libc: its name and the least version, for example ``glibc 2.36``; empty where that does not matter.
        cpu_flags: those flags of the processor, of ``known_flags``, that compiled code was made for.
        known_flags: the flags that matter to compiled code.
        needed_flags: flags without which llama.cpp, as it was compiled, cannot run.
    """

    system: str
    machine: str
    libc: str
    cpu_flags: tuple[str, ...]
    known_flags: tuple[str, ...]
    needed_flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a bundle is and carries.

    Attributes:
        version: of offline-ci.
        bundle_id: identifies the contents, 16 hexadecimal digits.
        python: the Python that its wheels are for, for example ``3.11``.
        machine: the machine that it is for.
        build_id: of the compiled runtime.
        default_model: the model that answers where none is named; empty if none is carried.
        payload_size: of the whole payload, in bytes.
        padding_sha256: of everything in the payload that is no member's: the archive's own headers and padding.
        members: in the payload's order.
        parts: empty where payload and head are one file.
        models: see ``Model``.
        packages: the list of packages that were added to the runtime, as ``packages.json`` has it; the compiled runtime
            has these and no others.
    """

    version: str
    bundle_id: str
    python: str
    machine: Machine
    build_id: str
    default_model: str
    payload_size: int
    padding_sha256: str
    members: tuple[Member, ...]
    parts: tuple[Part, ...] = ()
    models: tuple[Model, ...] = ()
    packages: str = ""

    def placed(self, *, compiled: bool) -> list[Member]:
        """The members that go below the home folder.

        Args:
            compiled: whether compiled code fits the processor there.
        """
        roles = {"home", "compiled"} if compiled else {"home"}
        return [member for member in self.members if member.role in roles]

    def to_json(self) -> str:
        """As JSON; the same manifest gives the same text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read what ``to_json`` gave.

        Raises:
            BundleError: it is something else.
        """
        try:
            document: dict[str, Any] = json.loads(text)
            if document.pop("format") != FORMAT:
                raise BundleError(
                    "The bundle has another format than this program reads.", "Run the bundle itself: python3 FILE …"
                )
            facts: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in document["machine"].items()
            }
            lists = {
                "members": tuple(Member(**member) for member in document["members"]),
                "parts": tuple(Part(**part) for part in document["parts"]),
                "models": tuple(Model(**model) for model in document["models"]),
            }
            return cls(**{**document, **lists, "machine": Machine(**facts)})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise BundleError(
                f"The bundle's manifest is damaged ({type(error).__name__}: {error}).", "Copy the bundle again."
            ) from error
