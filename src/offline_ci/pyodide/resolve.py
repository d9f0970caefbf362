"""What must be added together: a package, what it needs, and that all fits what the runtime has.

The distribution's own packages are never exchanged; what was added before is exchanged only where it is named.
Environment markers have the guest's values, whatever machine this is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    """

    own: Mapping[str, Version]
    added: Sequence[Addition]
    markers: Mapping[str, str]

    def version_of(self, name: str) -> Version | None:
        """The version of a package that is there."""
        own = self.own.get(name)
        return own or next((Version(addition.version) for addition in self.added if addition.name == name), None)

    def applies(self, requirement: Requirement, extras: Iterable[str] = ()) -> bool:
        """Whether a requirement counts in the guest, where a package is asked for with these extras."""
        if requirement.marker is None:
            return True
        return any(requirement.marker.evaluate({**self.markers, "extra": extra}) for extra in ("", *extras))


class MissingError(PackageError):
    """Something that is needed is nowhere.

    Attributes:
        requirements: what is missing.
    """

    def __init__(self, message: str, requirements: Sequence[Requirement], *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.requirements = requirements


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
            todo += _needs_of_added(name, requirement, runtime)
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
    after = Runtime(runtime.own, tuple(added), runtime.markers)
    for addition in after.added:
        for requirement in _requirements(addition):
            if after.applies(requirement, addition.extras):
                needs = f"{addition.name} {addition.version}"
                version = after.version_of(canonicalize_name(requirement.name))
                if version is None:
                    raise _missing([(needs, requirement)], "the runtime")
                _check_version(needs, requirement, version, "the runtime would have")


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
    stay = _still_needed([addition for addition in runtime.added if addition.name not in gone], runtime)
    for addition in stay:
        if needed := sorted(gone & _needs(addition, runtime)):
            raise PackageError(
                f"{addition.name} {addition.version} needs {needed[0]}.",
                hint=f"Remove both: offline-ci runtime remove {addition.name} {needed[0]}",
            )
    return stay


_ADDED = "`offline-ci runtime packages` lists what is there, and what of it was added."


def _still_needed(added: Sequence[Addition], runtime: Runtime) -> tuple[Addition, ...]:
    by_name = {addition.name: addition for addition in added}
    todo = [addition for addition in added if addition.requested]
    needed: set[str] = set()
    while todo:
        addition = todo.pop()
        if addition.name not in needed:
            needed.add(addition.name)
            todo += [by_name[name] for name in _needs(addition, runtime) if name in by_name]
    return tuple(addition for addition in added if addition.name in needed)


def _needs(addition: Addition, runtime: Runtime) -> set[str]:
    """Names of what it may need, with whatever extras: what is kept too long does no harm."""
    extras = set(addition.extras) | {
        extra
        for other in runtime.added
        for requirement in _requirements(other)
        if canonicalize_name(requirement.name) == addition.name
        for extra in requirement.extras
    }
    return {
        canonicalize_name(requirement.name)
        for requirement in _requirements(addition)
        if runtime.applies(requirement, extras)
    }


def _requirements(addition: Addition) -> list[Requirement]:
    return [Requirement(text) for text in addition.requires]


def _needs_of_added(name: str, requirement: Requirement, runtime: Runtime) -> Iterator[tuple[str, Requirement]]:
    """What extras of a package that was added before need besides."""
    for addition in runtime.added:
        if addition.name == name and requirement.extras:
            for need in _requirements(addition):
                if runtime.applies(need, requirement.extras):
                    yield f"{addition.name} {addition.version}", need


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
        [requirement for _, requirement in missing],
        hint="Put what is missing beside the given wheel, or name it too, which asks the index that pip is configured "
        f"to use: offline-ci runtime add … {' '.join(names)}",
    )
