"""From what somebody asks to be added to the wheels that this takes: names, wheels, folders of wheels, sources.

Names are looked for in the folder or mirror that was given, then on the index that pip is configured to use. Where only
paths are given, no index is asked.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from offline_ci.artifacts.digest import digest_file
from offline_ci.artifacts.fetch import FetchConfig
from offline_ci.artifacts.fetch.entry import fetch_address
from offline_ci.artifacts.fetch.pip_build import SDIST, build_wheel, is_project
from offline_ci.artifacts.fetch.pip_packages import Guest, NothingFoundError, Present, download_packages
from offline_ci.artifacts.lockfile import RuntimeLock
from offline_ci.artifacts.progress import Progress
from offline_ci.artifacts.specs import Http
from offline_ci.artifacts.store import Store
from offline_ci.errors import FetchError, PackageError, UsageError
from offline_ci.pyodide import guest_platform
from offline_ci.pyodide.candidates import Candidate, fitness, named_project, read_candidate
from offline_ci.pyodide.official import OfficialPackage, needed_for, official_packages
from offline_ci.pyodide.resolve import Runtime, choose

_LIST = "`offline-ci runtime packages` lists what is there."


@dataclass(slots=True)
class Found:
    """What a request comes to.

    Attributes:
        chosen: wheels to be added, by name.
        origins: where each came from, see ``Addition.origin``.
        asked: extras of each package that was asked for, by name; also of those that are there already.
        notes: sentences about what was left aside.
    """

    chosen: dict[str, Candidate] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Finder:
    """Finds the wheels for one request.

    Args:
        lock: the distribution.
        runtime: what is there.
        store: has the distribution's files.
        config: where to look first.
        work: an empty folder for what is fetched and built.
        progress: told about transfers.
    """

    def __init__(
        self, lock: RuntimeLock, runtime: Runtime, store: Store, config: FetchConfig, work: Path, progress: Progress
    ) -> None:
        self._lock = lock
        self._runtime = runtime
        self._store = store
        self._config = config
        self._work = work
        self._progress = progress
        self._found = Found()
        self._files: dict[str, list[Path]] = {}
        self._read: dict[Path, Candidate] = {}
        self._origins: dict[Path, str] = {}
        self._official: Mapping[str, OfficialPackage] = official_packages(lock, store)

    def find(self, words: Sequence[str]) -> Found:
        """What must be added.

        Args:
            words: names with or without versions, paths of wheels, of folders with wheels, of sources.

        Raises:
            UsageError: a word is neither, or names what is not there.
            PackageError: something does not fit.
            FetchError: something cannot be got.
            DiskSpaceError: the disk is full.
        """
        paths, names = _sorted_words(words)
        wanted = [requirement for path in paths for requirement in self._from_path(path)]
        named = [requirement for name in names if (requirement := self._from_name(name)) is not None]
        for requirement in (*wanted, *named):
            self._found.asked.setdefault(canonicalize_name(requirement.name), set()).update(requirement.extras)
        if named:
            self._look_into_source(named)
        try:
            chosen = choose([*wanted, *named], self._find, self._runtime, self._where(paths))
        except PackageError:
            if not named:
                raise
            self._ask_index(named, wanted)
            chosen = choose([*wanted, *named], self._find, self._runtime, "pip's index")
        self._found.chosen = chosen
        for name, candidate in chosen.items():
            self._found.origins[name] = self._origin(candidate)
        return self._found

    def _where(self, paths: Sequence[Path]) -> str:
        folders = dict.fromkeys(str(path if path.is_dir() else path.absolute().parent) for path in paths)
        return " or ".join([*folders, "the runtime"])

    def _origin(self, candidate: Candidate) -> str:
        official = self._official.get(candidate.name)
        other = self._origins.get(candidate.path, "file")
        if official is None or official.filename != candidate.path.name:
            return other
        return "distribution" if digest_file(candidate.path).sha256 == official.sha256 else other

    # --- paths

    def _from_path(self, path: Path) -> Iterator[Requirement]:
        if path.is_dir() and not is_project(path):
            yield from self._from_folder(path)
        elif path.is_dir() or path.name.endswith(SDIST):
            self._progress.message(f"Building {path.name} …")
            wheel = build_wheel(path, self._lock.emscripten, self._fresh("build"))
            self._origins[wheel] = "built"
            yield from self._from_wheel(wheel, beside=path.absolute().parent)
        else:
            yield from self._from_wheel(path, beside=path.absolute().parent)

    def _from_wheel(self, path: Path, beside: Path) -> Iterator[Requirement]:
        candidate = self._candidate(path)
        self._offer(beside.glob("*.whl"))
        own = self._runtime.own.get(candidate.name)
        if own == candidate.version:
            self._found.notes.append(f"{candidate.name} {own} is part of the distribution.")
        elif own is not None:
            raise PackageError(
                f"{candidate.name} is part of the distribution, in version {own}; it is not exchanged.", hint=_LIST
            )
        else:
            self._files[candidate.name] = [path]
            yield Requirement(f"{candidate.name}=={candidate.version}")

    def _from_folder(self, folder: Path) -> Iterator[Requirement]:
        """What nobody else in the folder needs is what was asked for; the rest is needed or not wanted."""
        wheels = list(folder.glob("*.whl"))
        if not wheels:
            raise UsageError(f"There is no wheel in {folder}, and no project.", hint="Give a folder with *.whl files.")
        best: dict[str, Candidate] = {}
        unfit: dict[str, Path] = {}
        for name in sorted({named_project(path)[0] for path in wheels}):
            if own := self._runtime.own.get(name):
                self._found.notes.append(f"{name} is part of the distribution, in version {own}.")
                continue
            mine = [path for path in wheels if named_project(path)[0] == name]
            fitting = [path for path in mine if fitness(path, self._lock) is not None]
            if fitting:
                best[name] = self._candidate(max(fitting, key=self._rank))
            else:
                unfit[name] = mine[0]
        self._offer(wheels)
        needs = {name: self._needs(candidate) for name, candidate in best.items()}
        needed = {need for mine in needs.values() for need in mine}
        mentioned = {canonicalize_name(need.name) for candidate in best.values() for need in candidate.requires}
        for name, path in unfit.items():
            if name in needed or name not in mentioned:
                self._candidate(path)  # it was asked for, and this tells why it cannot be
            self._found.notes.append(f"{path.name} does not fit the sandbox, and nothing needs it there.")
        reached = _reached(best.keys() - needed, needs)
        for name in sorted((best.keys() - needed) | (best.keys() - reached)):  # the latter need one another
            yield Requirement(f"{name}=={best[name].version}")

    def _needs(self, candidate: Candidate) -> set[str]:
        needs = (canonicalize_name(need.name) for need in candidate.requires if self._runtime.applies(need))
        return {name for name in needs if name != candidate.name}

    # --- names

    def _from_name(self, word: str) -> Requirement | None:
        requirement = _requirement(word)
        name = canonicalize_name(requirement.name)
        there = self._runtime.version_of(name)
        if there is None or not requirement.specifier.contains(there, prereleases=True):
            if name in self._runtime.own:
                raise PackageError(
                    f"{name} is part of the distribution, in version {there}; it is not exchanged.", hint=_LIST
                )
            return requirement
        if name in self._runtime.own:
            self._found.notes.append(f"{name} {there} is part of the distribution.")
            return None
        if requirement.extras:
            return Requirement(f"{name}{_bracketed(requirement.extras)}=={there}")
        self._found.asked.setdefault(name, set())  # from now on for its own sake
        self._found.notes.append(f"{name} {there} is there already.")
        return None

    def _look_into_source(self, named: Sequence[Requirement]) -> None:
        """Offer what the given folder has, and what of Pyodide's release the given mirror has."""
        if self._config.source_dir is not None:
            folders = (self._config.source_dir, self._config.source_dir / "packages")
            self._offer(path for folder in folders for path in folder.glob("*.whl"))
        if self._config.mirror is not None:
            names = [canonicalize_name(requirement.name) for requirement in named]
            try:
                self._fetch_official(names, self._config.mirror)
            except FetchError as error:
                self._progress.message(error.message)

    def _fetch_official(self, names: Sequence[str], address: str) -> None:
        """Offer packages of Pyodide's release, with what they need, from where its files lie.

        Raises:
            FetchError: there are none.
            PackageError: there are others.
        """
        there = {*self._runtime.own, *(addition.name for addition in self._runtime.added)} - set(names)
        for package in needed_for(names, self._official, there):
            folder = self._fresh("release")
            self._progress.start(package.filename, 0)
            try:
                file = fetch_address(f"{address.rstrip('/')}/{package.filename}", folder)
            finally:
                self._progress.finish()
            found = digest_file(file).sha256
            if found != package.sha256:
                raise PackageError(
                    f"What {address} has as {package.filename} is not Pyodide's: its sha256 is {found}, and not "
                    f"{package.sha256}.",
                    hint="Use another mirror.",
                )
            self._offer([file.rename(file.with_name(package.filename))])

    def _ask_index(self, named: Sequence[Requirement], wanted: Sequence[Requirement]) -> None:
        """Offer what pip finds; where its index has nothing and Pyodide's release has, that too."""
        asked = {canonicalize_name(requirement.name) for requirement in (*named, *wanted)}
        wheels = [str(self._files[canonicalize_name(requirement.name)][0]) for requirement in wanted]
        present = [package for package in self._present() if canonicalize_name(package.name) not in asked]
        guest = Guest(guest_platform.platforms(self._lock), self._runtime.markers)
        tried: set[str] = set()
        self._progress.message(f"Asking pip's index for {', '.join(map(str, named))} …")
        while True:
            folders = sorted({path.absolute().parent for paths in self._files.values() for path in paths})
            work = self._fresh("pip")
            try:
                paths = download_packages(
                    [*map(str, named), *wheels], present, guest, work, self._progress, folders=folders
                )
                break
            except NothingFoundError as error:
                name = self._official_name(error, tried)
                tried.add(name)
                try:
                    self._fetch_official([name], self._release_address(error))
                except FetchError as failure:
                    raise self._only_in_release(error, name, failure) from error
        own = {Path(wheel).name for wheel in wheels}  # pip copies them
        for path in paths:
            if path.name not in own:
                self._origins[path] = "index"
                self._files[named_project(path)[0]] = [path]

    def _official_name(self, error: NothingFoundError, tried: Collection[str]) -> str:
        """The package of Pyodide's release that the index has not.

        Raises:
            FetchError: the release has not got it either.
        """
        try:
            name = canonicalize_name(Requirement(error.requirement).name)
        except InvalidRequirement:
            raise error from None
        if name in self._official and name not in tried:
            return name
        raise FetchError(
            error.message,
            hint="Check the name and the version. Only wheels that are pure Python or built for this platform can be "
            "added; docs/packages.md tells what to do with sources.",
        ) from error

    def _release_address(self, error: NothingFoundError) -> str:
        """Where the lock file says that the files of Pyodide's release lie."""
        for spec in self._lock.files:
            for source in spec.sources:
                if isinstance(source, Http) and source.url.endswith(f"/{spec.filename}"):
                    return source.url.removesuffix(spec.filename)
        raise error

    def _only_in_release(self, error: NothingFoundError, name: str, failure: FetchError) -> FetchError:
        official = self._official[name]
        return FetchError(
            f"{error.message[:-1]}; Pyodide's release has {name} {official.version}, but {failure.message}",
            hint=f"Get {official.filename} from there and give its path, or say where the release's files lie: "
            f"offline-ci runtime add {name} --source ADDRESS|FOLDER",
        )

    def _present(self) -> Iterator[Present]:
        """What the runtime has. Its packages' own needs are met; only those of extras may be new."""
        for name, version in self._runtime.own.items():
            yield Present(name, str(version), tuple(self._runtime.own_extras.get(name, ())))
        for addition in self._runtime.added:
            yield Present(addition.name, addition.version, tuple(text for text in addition.requires if "extra" in text))

    # --- wheels

    def _offer(self, paths: Iterator[Path] | Sequence[Path]) -> None:
        for path in paths:
            try:
                name, _ = named_project(path)
            except PackageError:
                continue  # whatever else lies there
            if fitness(path, self._lock) is not None and path not in self._files.setdefault(name, []):
                self._files[name].append(path)

    def _find(self, requirement: Requirement) -> Candidate | None:
        """The best wheel there is for a requirement; one that does not fit it where there is no other."""
        paths = self._files.get(canonicalize_name(requirement.name), [])
        fitting = [path for path in paths if requirement.specifier.contains(named_project(path)[1], prereleases=True)]
        return self._candidate(max(fitting or paths, key=self._rank)) if paths else None

    def _rank(self, path: Path) -> tuple[bool, Version, int]:
        version = named_project(path)[1]
        return not version.is_prerelease, version, -(fitness(path, self._lock) or 0)

    def _candidate(self, path: Path) -> Candidate:
        if path not in self._read:
            if not path.is_file():
                raise UsageError(f"There is no file {path}.", hint="Check the path.")
            self._read[path] = read_candidate(path, self._lock)
        return self._read[path]

    def _fresh(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._work))


def _reached(roots: Iterable[str], needs: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    todo = list(roots)
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += needs.get(name, ())
    return reached


def check_words(words: Sequence[str]) -> None:
    """Make sure that every word is a package's name, or the path of something that is there.

    Raises:
        UsageError: one is not.
    """
    for name in _sorted_words(words)[1]:
        _requirement(name)


def _requirement(word: str) -> Requirement:
    try:
        requirement = Requirement(word)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(
            f"{word!r} is neither a package's name nor a path: {reason}.",
            hint="Give NAME, NAME==VERSION, or a path that begins with ./",
        ) from error
    if requirement.url is not None:
        raise UsageError(f"{word!r} is an address.", hint="Download the wheel, and give its path.")
    return requirement


def _sorted_words(words: Sequence[str]) -> tuple[list[Path], list[str]]:
    paths, names = [], []
    for word in words:
        is_path = os.sep in word or word in {".", ".."} or word.endswith((".whl", *SDIST))
        if not is_path:
            names.append(word)
            continue
        path = Path(word).expanduser()
        if not path.exists():
            raise UsageError(f"There is no {path}.", hint="Check the path; for a package of an index give its name.")
        paths.append(path)
    return paths, names


def _bracketed(extras: set[str]) -> str:
    return f"[{','.join(sorted(extras))}]" if extras else ""
