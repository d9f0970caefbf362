"""Sessions that were saved: one folder each, private to its owner.

::

    NAME/session.json        what was said, run and attached; names the other file
    NAME/python-XXXX.state   the sandbox, as ``Sandbox.save`` writes it

Invariant: ``session.json`` is replaced in one step after the file it names is whole, so whatever breaks off, the
session that was there before is still there.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from offline_ci import _env
from offline_ci.artifacts.files import make_private_dir, raise_if_full, write_atomically
from offline_ci.emscripten.strict_json import check, typed
from offline_ci.errors import SessionFileError, UsageError
from offline_ci.interpreter.codec import from_json, to_json
from offline_ci.interpreter.memory import Memory, Resumed

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter

DOCUMENT: Final = "session.json"
FOLDER: Final = "sessions"
KEPT: Final = 5
"""How many sessions without a name of their own are kept."""
_FORMAT: Final = "offline-ci session"
_VERSION: Final = 1
_MAX_BYTES: Final = 1 << 29
_NAME: Final = re.compile(r"\w[\w .-]{0,63}")
_AUTOMATIC: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")
_STATE: Final = re.compile(r"python-[0-9a-f]{8}\.state")
_SAVE_AGAIN: Final = "Begin a new chat; the files that the session wrote are where they were saved."


class SessionStore:
    """The sessions of this user.

    Args:
        folder: where they are; None for the usual place.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _env.home() / FOLDER

    def save(self, name: str, interpreter: CodeInterpreter) -> int:
        """Keep a session under a name, in place of the one that had it.

        Returns:
            Bytes on the disk.

        Raises:
            UsageError: the name is none.
            SessionFileError, ArtifactError: it cannot be written; what had the name before is unchanged.
        """
        from filelock import FileLock

        folder = make_private_dir(self._folder / _checked(name))
        with FileLock(self._folder / ".lock"):  # another chat may save under the same name
            return _save(folder, interpreter)

    def load(self, name: str = "") -> tuple[str, Resumed]:
        """A session by its name, or the folder that holds one, or the one that was saved last.

        Returns:
            Its name here, empty for one that is elsewhere; and the session, whose sandbox is still to be loaded.

        Raises:
            UsageError: there is none of that name.
            SessionFileError: it is damaged, or something else.
        """
        if not name:
            names = self.names()
            if not names:
                raise UsageError("There is no saved session yet.", hint="A chat is saved when it ends, and by /save.")
            name = names[0]
        own = self._folder / name
        if _NAME.fullmatch(name) and (own / DOCUMENT).is_file():
            return name, _read(own)
        path = Path(name).expanduser()
        if path.name == DOCUMENT:
            path = path.parent
        if (path / DOCUMENT).is_file():
            return "", _read(path)
        known = ", ".join(self.names()) or "none"
        raise UsageError(f"There is no session {name!r}.", hint=f"Saved sessions: {known}.")

    def names(self) -> list[str]:
        """All sessions, the newest first."""
        found = [(path.stat().st_mtime_ns, path.parent.name) for path in self._folder.glob(f"*/{DOCUMENT}")]
        return [name for _, name in sorted(found, reverse=True)]

    def prune(self) -> None:
        """Remove the oldest of the sessions that were saved without a name."""
        import shutil

        automatic = [name for name in self.names() if _AUTOMATIC.fullmatch(name)]
        for name in automatic[KEPT:]:
            shutil.rmtree(self._folder / name, ignore_errors=True)


def _save(folder: Path, interpreter: CodeInterpreter) -> int:
    state = folder / f"python-{secrets.token_hex(4)}.state"
    try:
        interpreter.sandbox.save(state)
        n_bytes = state.stat().st_size + _write(folder / DOCUMENT, state.name, interpreter.memory())
    except BaseException:
        state.unlink(missing_ok=True)
        raise
    for other in folder.glob("python-*.state"):
        if other != state:
            other.unlink(missing_ok=True)
    return n_bytes


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a session.", hint="Use letters, digits, spaces, dots and dashes: /save my-sales."
        )
    return name


def _write(path: Path, state: str, memory: Memory) -> int:
    session = {"state": state, "memory": to_json(memory)}
    document = {"format": _FORMAT, "version": _VERSION, "sha256": _digest(session), "session": session}
    text = json.dumps(document, allow_nan=False)
    try:
        write_atomically(path, text)
    except OSError as error:
        raise_if_full(error, path)
        raise SessionFileError(
            f"The session cannot be saved in {path.parent}: {error.strerror}.",
            hint="Set OFFLINE_CI_HOME to a folder that you may write to.",
        ) from error
    return len(text)


def _read(folder: Path) -> Resumed:
    path = folder / DOCUMENT
    try:
        check(path.stat().st_size <= _MAX_BYTES, "it is too large")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise SessionFileError(
            f"The session {path} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise SessionFileError(f"{path} is not a session that offline-ci saved.", hint="Name one that it saved.")
    if document.get("version") != _VERSION:
        raise SessionFileError(
            f"The session {path} has format {document.get('version')!r}, and this offline-ci reads format {_VERSION}.",
            hint="Use the version of offline-ci that saved it.",
        )
    try:
        session = typed(document.get("session"), dict, "it")
        check(document.get("sha256") == _digest(session), "its digest is another one")
        state = typed(session.get("state"), str, "the name of its sandbox")
        check(_STATE.fullmatch(state), "it does not name its sandbox")
        return Resumed(folder / state, from_json(Memory, session.get("memory")))
    except (ValueError, UsageError, RecursionError) as error:
        raise _damaged(path, error) from error


def _digest(session: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(session, sort_keys=True).encode("ascii")).hexdigest()


def _damaged(path: Path, error: Exception) -> SessionFileError:
    return SessionFileError(f"The session {path} is damaged: {error}.", hint=_SAVE_AGAIN)
