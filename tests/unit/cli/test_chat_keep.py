"""What stays of a chat: the session, and documents of it."""

import json
import stat

import nbformat
import pytest

from offline_ci.errors import SessionFileError, UsageError
from offline_ci.interpreter import session_store
from offline_ci.interpreter.session_store import KEPT, SessionStore
from support.scripted_sandbox import ok

# --- documents


def test_the_notebook_goes_to_the_output_folder_and_replaces_nobody_elses(talk_of, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "chat.ipynb").write_text("mine")
    chat = talk_of(3)
    chat("first")
    chat("!x = 1")
    chat("/export")
    chat("second")
    chat("/export")
    assert (tmp_path / "out" / "chat.ipynb").read_text() == "mine"
    notebook = nbformat.read(tmp_path / "out" / "chat-1.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        *(("markdown", "**Request:** first"), ("code", "print(1)"), ("markdown", "One.")),
        ("code", "x = 1"),
        *(("markdown", "**Request:** second"), ("code", "print(1)"), ("markdown", "One.")),
    ]
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["chat-1.ipynb", "chat.ipynb"]


@pytest.mark.parametrize(
    ("name", "made", "begins"),
    [
        ("talk", "talk.ipynb", b"{"),
        ("'my talk.ipynb'", "my talk.ipynb", b"{"),
        ("talk.HTML", "talk.HTML", b"<!DOCTYPE html>"),
        ("new/talk.md", "new/talk.md", b"# talk\n\n> first\n"),
    ],
)
def test_a_document_goes_where_it_is_wanted_in_the_form_of_its_suffix(talk_of, tmp_path, name, made, begins):
    chat = talk_of(2)
    chat("first")
    assert chat.said
    chat(f"/export {name}")
    assert (tmp_path / made).read_bytes().startswith(begins)
    assert chat.said.startswith(f"Exported {made} (")
    chat("second")
    chat(f"/export {name}")  # our own is replaced
    assert b"second" in (tmp_path / made).read_bytes()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("data.csv", "data.csv is not the name of a document. /export writes .ipynb, .html, .md;"),
        ("x/data.csv", "is not the name"),
        ("/proc/a.ipynb", "cannot be"),
        ("precious.md", "There is precious.md already. Give another name, or remove it first."),
        ("other.md", "There is other-files already."),
        ("folder.html", "There is folder.html already|folder.html is a folder"),
    ],
)
def test_a_document_never_takes_another_files_place(talk_of, tmp_path, name, said):
    for precious in ("data.csv", "precious.md"):
        (tmp_path / precious).write_text("precious")
    (tmp_path / "other-files").mkdir()
    (tmp_path / "folder.html").mkdir()
    chat = talk_of(1)
    chat("first")
    with pytest.raises(UsageError, match=said):
        chat(f"/export {name}")
    assert {(tmp_path / precious).read_text() for precious in ("data.csv", "precious.md")} == {"precious"}


# --- sessions


def test_a_session_is_kept_under_its_name_for_its_owner_alone(talk_of, tmp_path):
    (tmp_path / "a.csv").write_text("a\n")
    chat = talk_of(0, ok("1\n", files=[("m.txt", 3)]), ok(result="41"), ok("2\n"))
    chat("/file a.csv")
    chat("first \udcff")
    chat("!x = 41; x")
    assert chat.said
    chat("/save my sales")
    assert chat.said.startswith("Saved the session (")
    folder = tmp_path / "sessions" / "my sales"
    state, document = sorted(folder.iterdir())
    assert (state.read_bytes(), document.name) == (b"a\nxxx", "session.json")
    assert stat.S_IMODE(document.stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)} == {0o700}
    name, resumed = chat.store.load("my sales")
    assert (name, resumed.sandbox_file) == ("my sales", state)
    assert resumed.memory == chat.interpreter.memory()
    chat("third")
    chat("/save")  # the same again
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["my sales"]
    assert len(list(folder.iterdir())) == 2
    assert chat.store.load()[1].memory == chat.interpreter.memory()


def test_a_chat_is_kept_when_it_ends_if_there_is_anything_new(talk_of, tmp_path):
    chat = talk_of(2)
    assert not chat.chat.leave()
    assert chat.store.names() == []
    chat("first")
    assert chat.chat.leave()
    assert len(chat.store.names()) == 1
    assert not chat.chat.leave()
    chat("second")
    chat("/save talk")
    assert not chat.chat.leave()


def test_of_sessions_without_a_name_only_the_newest_stay(talk_of):
    chat = talk_of(1)
    chat("first")
    for i in range(KEPT + 2):
        chat.store.save(f"2026-01-0{i + 1}-120000", chat.interpreter)
    chat.store.save("named", chat.interpreter)
    chat.store.prune()
    assert chat.store.names() == ["named", *(f"2026-01-0{i}-120000" for i in range(KEPT + 2, 2, -1))]


@pytest.mark.parametrize("name", ["../up", "/abs", "a/b", ".hidden", "x" * 65, "a\nb"])
def test_what_is_no_name_for_a_session(talk_of, name):
    chat = talk_of(1)
    chat("first")
    with pytest.raises(UsageError, match="is no name for a session"):
        chat(f"/save {name}")


def test_save_with_the_name_of_a_document_says_export(talk_of):
    chat = talk_of(1)
    chat("first")
    with pytest.raises(UsageError, match=r"/save keeps the session.*Write /export talk\.ipynb\."):
        chat("/save talk.ipynb")


def test_what_was_kept_before_stays_when_saving_fails(talk_of, tmp_path):
    chat = talk_of(2)
    chat("first")
    chat("/save talk")
    before = chat.store.load("talk")[1].memory
    chat("second")

    def broken(path):
        raise SessionFileError("The disk is on fire.")

    chat.sandbox.save = broken
    with pytest.raises(SessionFileError):
        chat("/save talk")
    assert chat.store.load("talk")[1].memory == before
    assert len(list((tmp_path / "sessions" / "talk").iterdir())) == 2


def test_a_session_is_found_by_folder_too_and_a_missing_one_names_those_that_exist(talk_of, tmp_path):
    chat = talk_of(1)
    chat("first")
    with pytest.raises(UsageError, match="There is no saved session yet"):
        chat.store.load()
    chat("/save talk")
    (tmp_path / "sessions" / "talk").rename(tmp_path / "carried")
    for path in (tmp_path / "carried", tmp_path / "carried" / "session.json"):
        name, resumed = SessionStore(tmp_path / "elsewhere").load(str(path))
        assert (name, resumed.memory) == ("", chat.interpreter.memory())
    chat("/save other")
    with pytest.raises(UsageError, match=r"There is no session 'talk'\. Saved sessions: other\."):
        chat.store.load("talk")


def without(key):
    def change(document):
        del document["session"]["memory"][key]

    return change


def put(value, *path):
    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        without("history"),
        put(3, "session", "memory", "conversation"),
        put([7], "session", "memory", "history"),
        put([{"request": "r", "answer": None}], "session", "memory", "history"),
        put({"../../x": 1}, "session", "memory", "attachments"),
        put("../../etc/passwd", "session", "state"),
        put(-5, "session", "memory", "limits", "time_s"),
        put(True, "session", "memory", "limits", "time_s"),
        put([], "session"),
    ],
)
def test_a_damaged_session_is_refused(talk_of, tmp_path, change, signed):
    chat = talk_of(1)
    chat("first")
    chat("/save talk")
    path = tmp_path / "sessions" / "talk" / "session.json"
    document = json.loads(path.read_text())
    change(document)
    if signed:
        document["sha256"] = session_store._digest(document["session"])
    path.write_text(json.dumps(document))
    with pytest.raises(SessionFileError, match="is damaged: "):
        chat.store.load("talk")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is damaged"),
        ("\xff", "is damaged"),
        ("[" * 100_000, "is damaged"),
        ("[]", "is not a session that offline-ci saved"),
        ('{"cells": []}', "is not a session that offline-ci saved"),
        ('{"format": "offline-ci session", "version": 2}', "has format 2, and this offline-ci reads format 1"),
    ],
)
def test_what_is_no_session_is_refused(talk_of, tmp_path, text, said):
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / "session.json").write_text(text, encoding="latin-1")
    with pytest.raises(SessionFileError, match=said):
        talk_of().store.load(str(folder))
