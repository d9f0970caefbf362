"""Installing: everything is checked first; the last step, one rename, makes it the version that runs."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from . import checks, installed, packages
from .errors import BundleError
from .layout import HOME_FILE, Layout
from .manifest import Manifest, Member
from .payload import Bundle, Progress

Say = Callable[[str], None]

_DOCUMENTS = Path("share", "doc", "offline-ci")


def install(bundle: Bundle, layout: Layout, say: Say, progress: Progress, *, downgrade: bool = False) -> Path:
    """Install a bundle.

    Args:
        bundle: the bundle.
        layout: where to.
        say: told each step in a sentence.
        progress: told how far a long one is.
        downgrade: replace a newer version.

    Returns:
        The command.

    Raises:
        BundleError: it cannot be done, or a step failed; the version that was installed before still runs.
    """
    manifest = bundle.manifest
    checks.check_machine(manifest)
    checks.check_processor(manifest.machine)
    checks.check_writable(layout.versions, layout.command.parent, layout.home)
    checks.check_version(layout, manifest, downgrade=downgrade)
    bundle.check_extents()
    compiled = checks.fits_processor(manifest.machine)
    wanted = manifest.placed(compiled=compiled)
    missing = [member for member in wanted if not installed.is_intact(layout.home / member.target, member)]
    checks.check_space(layout, manifest, missing)
    bundle.check(progress)
    say(f"The bundle is intact: {len(manifest.members)} files, {manifest.payload_size / 1e9:.2f} GB.")
    folder = layout.version(manifest)
    with _locked(layout.versions):
        if (there := installed.read(folder)) is not None and not any(there.program_problems()):
            _place_all(bundle, layout.home, missing, progress)
            _tell_lost(manifest, layout, say)
            packages.write(layout.home, manifest.packages)
            _link(layout, folder)
            say(f"This very version is installed already; {len(missing)} files that it needs were put back.")
            return layout.command
        with ExitStack() as stack:
            with _made_anew(folder):
                _install_packages(bundle, folder, say)
                (folder / HOME_FILE).write_text(f"{layout.home}\n", encoding="utf-8")
                for member in _of_role(manifest, "document"):
                    _place(bundle, member, folder / _DOCUMENTS / member.target)
                _place_all(bundle, layout.home, missing, progress)
                say(f"The files are in {layout.home}.")
                _tell_lost(manifest, layout, say)
                stack.enter_context(packages.replaced(layout.home, manifest.packages))
                _finish(folder, manifest, layout, say, compiled=compiled)
            _link(layout, folder)
        _remove_others(layout, folder, manifest)
    return layout.command


def _tell_lost(manifest: Manifest, layout: Layout, say: Say) -> None:
    """Say which packages, added to the runtime on this machine, are not in the one that comes."""
    lost = sorted(packages.names(packages.read(layout.home)).keys() - packages.names(manifest.packages).keys())
    if lost:
        say(
            f"Added to the runtime here, but not in this bundle: {', '.join(lost)}. `offline-ci runtime add` adds them."
        )


def _of_role(manifest: Manifest, role: str) -> list[Member]:
    return [member for member in manifest.members if member.role == role]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BundleError(f"Another installation is at work in {folder}.", "Wait for it.") from error
        yield


@contextmanager
def _made_anew(folder: Path) -> Iterator[None]:
    """A folder that is not there afterwards, unless all went well."""
    shutil.rmtree(folder, ignore_errors=True)  # one that was never finished, or is damaged
    try:
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if not isinstance(error, OSError):
            raise
        raise BundleError(
            f"The installation failed: {error.filename or folder}: {error.strerror or error}.",
            "What was installed before still runs. Mend that and run this again.",
        ) from error


def _install_packages(bundle: Bundle, folder: Path, say: Say) -> None:
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    wheels = _of_role(bundle.manifest, "wheel")
    with tempfile.TemporaryDirectory(dir=folder) as name:
        paths = [Path(name, member.target) for member in wheels]
        for member, path in zip(wheels, paths, strict=True):
            bundle.write(member, path)
        pip = next((path for path in paths if path.name.startswith("pip-")), None)
        if pip is None:
            raise BundleError("The bundle carries no pip.", "Create it again with `offline-ci bundle create`.")
        options = ["--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--quiet"]
        # What the user configured for pip, such as a target folder, must not lead this installation elsewhere.
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
        environment |= {"PIP_CONFIG_FILE": os.devnull, "TMPDIR": name}
        _run([_python(folder), "-I", f"{pip}/pip", "install", *options, *map(str, paths)], environment)
    say(f"{len(wheels)} Python packages are installed.")


def _place_all(bundle: Bundle, home: Path, members: list[Member], progress: Progress) -> None:
    total, done = sum(member.size for member in members), 0
    for member in members:
        _place(bundle, member, home / member.target)
        done += member.size
        progress("Copy", done, total)


def _place(bundle: Bundle, member: Member, target: Path) -> None:
    """Have a member under its name, whole or not at all."""
    for folder in (*reversed(target.parents), target.parent):
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
    temporary = target.with_name(f".{target.name}.bundle.tmp")
    try:
        bundle.write(member, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _finish(folder: Path, manifest: Manifest, layout: Layout, say: Say, *, compiled: bool) -> None:
    """Register models, build what this processor needs, and try the sandbox."""
    program = [_python(folder), "-I", "-m", "offline_ci.cli.main"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["OFFLINE_CI_HOME"] = str(layout.home)
    if manifest.models:
        models = json.dumps([asdict(model) for model in manifest.models])
        _run([_python(folder), "-I", "-m", "offline_ci.bundle.register", models], environment)
    if not compiled:
        say("The compiled code is for another processor. The runtime is built anew, which takes some minutes:")
        subprocess.run([*program, "runtime", "build"], env=environment, check=False)
    printed = _run([*program, "exec", "-c", "print(6 * 7)"], environment)
    if printed.split() != ["42"]:
        raise BundleError(f"The sandbox does not compute as it should: it printed {printed!r}.", "Please report it.")
    say("The sandbox works.")
    installed.write(folder, manifest, layout.home, compiled=compiled)


def _python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        text = (done.stderr or done.stdout).strip()[-2000:]
        raise BundleError(
            f"A step of the installation failed (status {done.returncode}): {text}", "Nothing has changed."
        )
    return done.stdout


def _link(layout: Layout, folder: Path) -> None:
    layout.command.parent.mkdir(parents=True, exist_ok=True)
    temporary = layout.command.with_name(f".{layout.command.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    program = folder / "bin" / layout.command.name
    temporary.symlink_to(os.path.relpath(program, layout.command.parent))
    temporary.replace(layout.command)


def _remove_others(layout: Layout, folder: Path, manifest: Manifest) -> None:
    """Older versions, and of their runtime what this one does not use. Models stay."""
    used = {member.target for member in manifest.members}
    for other in layout.versions.iterdir():
        if other == folder or not other.is_dir():
            continue
        before = installed.read(other)
        for path, member in _placed(before):
            if member.target not in used and member.target.startswith(("runtime/", "packages/")):
                path.unlink(missing_ok=True)
        shutil.rmtree(other, ignore_errors=True)


def remove(layout: Layout, *, keep_files: bool) -> list[str]:
    """Remove the installed version, and the files that the bundle brought unless they were changed since.

    Args:
        layout: where it is.
        keep_files: leave models and runtime where they are.

    Returns:
        What was kept although the bundle brought it.

    Raises:
        BundleError: nothing is installed there.
    """
    current = layout.current()
    if current is None:
        raise BundleError(f"No bundle is installed below {layout.prefix}.", "Give the folder with --prefix.")
    kept = []
    with _locked(layout.versions):
        there = installed.read(current)
        layout.command.unlink()
        for path, member in _placed(None if keep_files else there):
            if installed.is_intact(path, member):
                path.unlink()
                _prune(path.parent, path.parents[member.target.count("/")])
            elif path.exists():
                kept.append(str(path))
        if there is not None and not keep_files and packages.is_same(there.home, there.manifest.packages):
            packages.write(there.home, "")
    shutil.rmtree(layout.versions, ignore_errors=True)
    return kept


def _placed(there: installed.Installed | None) -> list[tuple[Path, Member]]:
    """The files that an installation put below its home folder."""
    return [] if there is None else [(there.home / member.target, member) for member in there.placed()]


def _prune(folder: Path, root: Path) -> None:
    """Remove folders that are empty, up to ``root``."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
