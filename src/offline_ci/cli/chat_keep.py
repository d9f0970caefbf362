"""What stays of a chat: sessions that can go on, and documents to read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from offline_ci.cli.chat_paths import given_paths
from offline_ci.cli.format import size
from offline_ci.cli.terminal import neutral_line
from offline_ci.cli.views import View
from offline_ci.errors import UsageError
from offline_ci.interpreter.answer import SavedFile, Step
from offline_ci.interpreter.saving import OutputFolder, check_folder, write_named_file
from offline_ci.interpreter.session_store import SessionStore

if TYPE_CHECKING:
    from offline_ci.interpreter.interpreter import CodeInterpreter

NOTEBOOK: Final = "chat.ipynb"


class ChatKeeper:
    """Commands that write something down.

    Args:
        interpreter: model and sandbox.
        view: shows.
        output: folder of a document that is exported without a path.
        store: of sessions.
        name: of the session that goes on; empty for a new one.
    """

    def __init__(
        self, interpreter: CodeInterpreter, view: View, output: Path, store: SessionStore, name: str = ""
    ) -> None:
        self._interpreter = interpreter
        self._view = view
        self._notebooks = OutputFolder(output)
        self._exported: set[Path] = set()
        self._store = store
        self._name = name
        self._began = time.strftime("%Y-%m-%d-%H%M%S")
        self._kept: tuple[Step, ...] = interpreter.history

    # --- sessions

    def save(self, argument: str) -> None:
        """``/save``."""
        if Path(argument).suffix in _WRITERS:
            raise UsageError("/save keeps the session, to go on with it later.", hint=f"Write /export {argument}.")
        self._something("save")
        self._name = argument or self._name or self._began
        self._view.working("saving the session")
        n_bytes = self._save()
        self._view.note(
            f"Saved the session ({size(n_bytes)}). Go on with it: offline-ci chat --resume {_quoted(self._name)}"
        )

    def leave(self) -> bool:
        """The chat ends: keep the session, with nothing shown, since the terminal may be gone.

        Returns:
            Whether there was anything that was not kept yet.
        """
        if not self._interpreter.history or self._interpreter.history == self._kept:
            return False
        self._name = self._name or self._began
        self._save()
        return True

    def _save(self) -> int:
        n_bytes = self._store.save(self._name, self._interpreter)
        self._store.prune()
        self._kept = self._interpreter.history
        return n_bytes

    # --- documents

    def export(self, argument: str) -> None:
        """``/export``."""
        self._something("export")
        if not argument:
            saved = self._notebooks.save(NOTEBOOK, self._interpreter.notebook())
        else:
            saved = self._export(_document_path(argument))
        self._view.note(f"Exported {neutral_line(str(saved.path))} ({size(saved.bytes)})")

    def _export(self, path: Path) -> SavedFile:
        check_folder(path.parent)
        taken = next((place for place in (path, _pictures_folder(path)) if place.exists()), None)
        if taken is not None and path.resolve() not in self._exported:
            raise UsageError(f"There is {taken} already.", hint="Give another name, or remove it first.")
        data = _WRITERS[path.suffix.lower()](self._interpreter, path)
        write_named_file(path, data)
        self._exported.add(path.resolve())
        return SavedFile(path, len(data))

    def _something(self, what: str) -> None:
        if not self._interpreter.history:
            raise UsageError(f"There is nothing to {what} yet.", hint="Ask something first.")


def _notebook(interpreter: CodeInterpreter, _path: Path) -> bytes:
    return interpreter.notebook()


def _html(interpreter: CodeInterpreter, path: Path) -> bytes:
    from offline_ci.cli.export_html import html_bytes

    return html_bytes(interpreter.history, title=path.stem, model=interpreter.info.name)


def _markdown(interpreter: CodeInterpreter, path: Path) -> bytes:
    from offline_ci.cli.export_markdown import markdown_document

    folder = _pictures_folder(path)
    text, pictures = markdown_document(interpreter.history, title=path.stem, folder=folder.name)
    if pictures:
        folder.mkdir(exist_ok=True)
        for name, data in pictures.items():
            write_named_file(folder / name, data)
    return text


def _pictures_folder(path: Path) -> Path:
    """Where the pictures of a Markdown document are; others have theirs inside."""
    return path.with_name(f"{path.stem}-files") if path.suffix.lower() == ".md" else path


_WRITERS: Final[dict[str, Callable[[CodeInterpreter, Path], bytes]]] = {
    ".ipynb": _notebook,
    ".html": _html,
    ".md": _markdown,
}


def _document_path(argument: str) -> Path:
    path = Path(given_paths(argument)[0])
    if not path.suffix:
        path = path.with_suffix(".ipynb")
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(
            f"{path} is not the name of a document.",
            hint=f"/export writes {', '.join(_WRITERS)}; the session's own files are saved as they are made.",
        )
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", hint="Give a file name: /export NAME.ipynb.")
    return path


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name
