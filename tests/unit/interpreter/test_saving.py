"""Results in the user's folder: whole, named honestly, never over anything of the user's."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.errors import UsageError
from offline_ci.interpreter.saving import (
    OutputFolder,
    check_folder,
    free_name,
    grant_files,
    png_of,
    save_results,
    write_named_file,
)
from offline_ci.sandbox.result import ExecutionResult, GuestFile
from support.scripted_sandbox import ScriptedSandbox, ok

PNG = b"\x89PNG fake"


def picture():
    return {"output_type": "display_data", "data": {"image/png": base64.b64encode(PNG).decode()}, "metadata": {}}


def test_a_file_lands_under_its_name(tmp_path):
    saved = OutputFolder(tmp_path / "new" / "out").save("a/b.csv", b"data")
    assert (saved.path, saved.bytes) == (tmp_path / "new" / "out" / "a" / "b.csv", 4)
    assert saved.path.read_bytes() == b"data"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o666 & ~umask


def test_a_strangers_file_stays_and_the_new_one_gets_a_number(tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    (tmp_path / "a-1.csv").write_text("mine too")
    saved = OutputFolder(tmp_path).save("a.csv", b"new")
    assert saved.path == tmp_path / "a-2.csv"
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-1.csv", "a-2.csv", "a.csv"]


def test_a_given_file_is_replaced_in_its_own_folder_only(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    given_file = tmp_path / "in" / "a.csv"
    given_file.write_text("old")
    (tmp_path / "out" / "a.csv").write_text("a stranger's")
    assert OutputFolder(tmp_path / "in", given=[given_file]).save("a.csv", b"new").path == given_file
    assert given_file.read_bytes() == b"new"
    assert OutputFolder(tmp_path / "out", given=[given_file]).save("a.csv", b"new").path == tmp_path / "out" / "a-1.csv"


def test_a_file_of_the_session_is_replaced_when_it_changes(tmp_path):
    (tmp_path / "a.txt").write_text("mine")
    folder = OutputFolder(tmp_path)
    assert folder.save("a.txt", b"1").path == folder.save("a.txt", b"2").path == tmp_path / "a-1.txt"
    assert (tmp_path / "a-1.txt").read_bytes() == b"2"


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "a/../../b", "..", "a\x1b[2Jb.txt", "a\nb", "CON:x", "\udcff"]
)
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "out"
    path = OutputFolder(folder).save(name, b"x").path
    assert path.resolve().is_relative_to(folder.resolve())
    assert str(path.relative_to(folder)).isprintable()


@given(st.text(max_size=30))
def test_no_name_at_all_leads_out_of_the_folder(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("out")
    path = OutputFolder(folder).save(name, b"x").path
    assert path.resolve().is_relative_to(folder.resolve())
    assert path.read_bytes() == b"x"


def test_a_link_in_the_way_is_not_followed(tmp_path):
    target = tmp_path / "target.txt"
    (tmp_path / "a.txt").symlink_to(target)
    assert OutputFolder(tmp_path).save("a.txt", b"x").path == tmp_path / "a-1.txt"
    assert not target.exists()


def test_a_file_where_a_folder_must_be_gets_out_of_the_way(tmp_path):
    (tmp_path / "plots").write_text("mine")
    assert OutputFolder(tmp_path).save("plots/a.png", b"x").path == tmp_path / "plots-1" / "a.png"


def test_pictures_that_were_only_shown_are_saved_and_numbered(tmp_path):
    folder = OutputFolder(tmp_path)
    shown = ok(outputs=[picture(), picture()])
    saved_itself = ok(outputs=[picture()], files=[("chart.png", 3)])
    more = ok(outputs=[picture()], files=[("data.csv", 3)])
    names = [
        item.path.name for item in [folder.save(*picture) for picture in folder.pictures([shown, saved_itself, more])]
    ]
    assert names == ["figure-1.png", "figure-2.png", "figure-3.png"]
    assert (tmp_path / "figure-1.png").read_bytes() == PNG


def test_results_are_saved_in_order_and_once(tmp_path):
    first, second = ok(files=[("b.txt", 1), ("gone.txt", 1)]), ok(files=[("a.txt", 2), ("b.txt", 3)])
    sandbox = ScriptedSandbox(first, second)
    sandbox.run("1")
    sandbox.run("2")
    del sandbox.files.contents["gone.txt"]
    saved = save_results(OutputFolder(tmp_path), sandbox, [first, second]).files
    assert [(item.path.name, item.bytes) for item in saved] == [("b.txt", 3), ("a.txt", 2)]


def test_a_file_that_cannot_be_read_costs_no_other(tmp_path, monkeypatch):
    made = ok(files=[("bad.txt", 1), ("good.txt", 2)], outputs=[picture()])
    sandbox = ScriptedSandbox(made)
    sandbox.run("1")
    read = sandbox.files.read

    def refusing(name):
        if name == "bad.txt":
            raise UsageError("'bad.txt' cannot be read: EIO.", hint="Mend it.")
        return read(name)

    monkeypatch.setattr(sandbox.files, "read", refusing)
    saved, error = save_results(OutputFolder(tmp_path), sandbox, [made])
    assert [item.path.name for item in saved] == ["good.txt", "figure-1.png"]
    assert error.message == "'bad.txt' was not saved: 'bad.txt' cannot be read: EIO."


def test_of_an_interrupted_cell_nothing_is_saved(tmp_path):
    result = ExecutionResult("interrupted", files=[GuestFile("half.bin", 5)], outputs=[picture()])
    assert save_results(OutputFolder(tmp_path), ScriptedSandbox(), [result]) == ([], None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="is a file, not a folder"):
            OutputFolder(folder)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    for folder in (Path("/proc"), Path("/proc/below"), tmp_path / ("x" * 300)):
        with pytest.raises(UsageError, match="The results cannot be written to"):
            check_folder(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_to_write_names_the_folder(tmp_path):
    folder = OutputFolder(tmp_path / "out")
    (tmp_path / "out").write_text("somebody was faster")
    with pytest.raises(UsageError) as caught:
        folder.save("a.txt", b"x")
    assert str(tmp_path / "out") in caught.value.message
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_named_file_is_replaced(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text("old")
    write_named_file(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(UsageError, match="cannot be written"):
        write_named_file(tmp_path, b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_granted_files_of_one_name_get_numbers(tmp_path):
    paths = []
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        paths.append(tmp_path / folder / "data.csv")
        paths[-1].write_text(folder)
    sandbox = ScriptedSandbox()
    assert grant_files(sandbox, paths) == ["data.csv", "data-1.csv", "data-2.csv"]
    assert sandbox.files.read("data-2.csv") == b"c"
    assert free_name(".hidden", {".hidden"}) == ".hidden-1"


def test_what_is_no_picture_is_none():
    assert png_of({"data": {"text/plain": "x"}}) is None
    assert png_of({"data": {"image/png": 3}}) is None
    assert png_of({"output_type": "stream"}) is None
