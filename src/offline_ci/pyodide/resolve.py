"""What must be added together: a package, what it needs, and that all fits what the runtime has.

The distribution's own packages are never exchanged; what was added before is exchanged only where it is named.
Environment markers have the guest's values, whatever machine this is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from offline_ci.artifacts.additions import Addition
from offline_ci.errors import PackageError, UsageError
from offline_ci.pyodide.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the runtime consists of, as far as packages can depend on it.

    Attributes:
        own: version of each package of the distribution, by canonical name.
        added: what was added.
        markers: the guest's environment markers.
        own_extras: what each package of the distribution needs for its extras, as its metadata says; all else that it
            needs is there.
    """

    own: Mapping[str, Version]
    added: Sequence[Addition]
    markers: Mapping[str, str]
    own_extras: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def version_of(self, name: str) -> Version | None:
        """The version of a package that is there."""
        own = self.own.get(name)
        return own or next((Version(addition.version) for addition in self.added if addition.name == name), None)

    def needs_of(self, name: str, extras: Iterable[str]) -> list[Requirement]:
        """What a package that is there needs, where it is asked for with these extras."""
        texts = self.own_extras.get(name, ())
        for addition in self.added:
            if addition.name == name:
                texts = addition.requires
        extras = tuple(extras)
        return [need for text in texts if self.applies(need := Requirement(text), extras)]

    def applies(self, requirement: Requirement, extras: Iterable[str] = ()) -> bool:
        """Whether a requirement counts in the guest, where a package is asked for with these extras."""
        if requirement.marker is None:
            return True
        return any(requirement.marker.evaluate({**self.markers, "extra": extra}) for extra in ("", *extras))


class MissingError(PackageError):
    """Something that is needed is nowhere."""


def choose(
    wanted: Sequence[Requirement], find: Callable[[Requirement], Candidate | None], runtime: Runtime, where: str
) -> dict[str, Candidate]:
    """The wheels that must be added, by name, for the wanted packages to work.

    Args:
        wanted: what was asked for, markers aside; what was added before may be exchanged for it.
        find: gives the best wheel there is for a requirement, whether it fits it or not.
        runtime: what is there already.
        where: where candidates were looked for, for messages.

    Raises:
        MissingError: something that is needed is nowhere.
        PackageError: what there is has a version that does not fit.
    """
    chosen: dict[str, Candidate] = {}
    missing: dict[str, tuple[str, Requirement]] = {}
    todo = [("", requirement) for requirement in wanted]
    seen: set[tuple[str, str]] = set()
    while todo:
        parent, requirement = todo.pop(0)
        if (parent, str(requirement)) in seen:
            continue
        seen.add((parent, str(requirement)))
        name = canonicalize_name(requirement.name)
        candidate = chosen.get(name)
        if candidate is None and (name not in runtime.own and (not parent or runtime.version_of(name) is None)):
            candidate = find(requirement)
        if candidate is None and runtime.version_of(name) is not None:
            _check_version(parent, requirement, runtime.version_of(name), "the runtime has", is_own=name in runtime.own)
            if requirement.extras:
                todo += [(name, need) for need in runtime.needs_of(name, requirement.extras)]
            continue
        if candidate is None:
            missing.setdefault(name, (parent, requirement))
            continue
        _check_version(parent, requirement, candidate.version, "there is")
        chosen[name] = candidate
        needs = f"{candidate.name} {candidate.version}"
        todo += [(needs, need) for need in candidate.requires if runtime.applies(need, requirement.extras)]
    if missing:
        raise _missing(list(missing.values()), where)
    return chosen


def check_together(added: Iterable[Addition], runtime: Runtime) -> None:
    """Make sure that every added package finds what it needs.

    Args:
        added: what is to be in the runtime.
        runtime: the distribution; what was added to it so far does not count.

    Raises:
        PackageError: one does not.
    """
    after = replace(runtime, added=tuple(added))
    for parent, requirement in _needs(after.added, after):
        version = after.version_of(canonicalize_name(requirement.name))
        if version is None:
            raise _missing([(parent, requirement)], "the runtime")
        _check_version(parent, requirement, version, "the runtime would have")


def without(names: Sequence[str], runtime: Runtime) -> tuple[Addition, ...]:
    """What stays when added packages are taken away: the others, but those that nobody asked for and nobody needs.

    Args:
        names: of the packages.
        runtime: what is there.

    Raises:
        UsageError: one is not an added package.
        PackageError: another one needs it.
    """
    gone = {canonicalize_name(name) for name in names}
    for name in sorted(gone):
        if name in runtime.own:
            raise UsageError(f"{name} is part of the distribution and cannot be removed.", hint=_ADDED)
        if runtime.version_of(name) is None:
            raise UsageError(f"There is no package {name} in the runtime.", hint=_ADDED)
    stay = replace(runtime, added=tuple(addition for addition in runtime.added if addition.name not in gone))
    asked = [addition for addition in stay.added if addition.requested]
    needed = {addition.name for addition in asked}
    for parent, requirement in _needs(asked, stay):
        name = canonicalize_name(requirement.name)
        needed.add(name)
        if name in gone:
            raise PackageError(
                f"{parent} needs {name}.",
                hint=f"Remove both: offline-ci runtime remove {parent.partition(' ')[0]} {name}",
            )
    return tuple(addition for addition in stay.added if addition.name in needed)


_ADDED = "`offline-ci runtime packages` lists what is there, and what of it was added."


def _needs(roots: Iterable[Addition], runtime: Runtime) -> Iterator[tuple[str, Requirement]]:
    """All that these packages need, and what that needs, each with who needs it."""
    todo = [(root.name, root.extras) for root in roots]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while todo:
        name, extras = todo.pop(0)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for requirement in runtime.needs_of(name, extras):
            yield f"{name} {runtime.version_of(name)}", requirement
            todo.append((canonicalize_name(requirement.name), tuple(sorted(requirement.extras))))


def _check_version(
    parent: str, requirement: Requirement, version: Version | None, there: str, *, is_own: bool = False
) -> None:
    if version is None or requirement.specifier.contains(version, prereleases=True):
        return
    name = canonicalize_name(requirement.name)
    if not parent:
        raise PackageError(
            f"{requirement} was asked for, and {there} {name} {version}.",
            hint="The distribution's own packages are not exchanged." if is_own else "Choose a version that is there.",
        )
    raise PackageError(
        f"{parent} needs {name}{requirement.specifier}, and {there} {name} {version}.",
        hint=f"Choose another version of {parent.partition(' ')[0]}.",
    )


def _missing(missing: Sequence[tuple[str, Requirement]], where: str) -> MissingError:
    parts = [
        f"{parent} needs {requirement.name}{requirement.specifier}" if parent else str(requirement)
        for parent, requirement in missing
    ]
    names = [canonicalize_name(requirement.name) for _, requirement in missing]
    return MissingError(
        f"{'; '.join(parts)}: not in {where}.",
        hint="Put what is missing beside the given wheel, or name it too, which asks the index that pip is configured "
        f"to use: offline-ci runtime add … {' '.join(names)}",
    )
