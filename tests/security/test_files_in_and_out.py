"""Files that go into the sandbox and come out of it, with names, kinds and sizes that mean harm.

The rules: a file lands under its own name or a safe one, whole, with nothing that was there before replaced; nothing
outside the output folder is touched; what cannot be done is an error that names the file, and costs no other file;
a guest never sees other bytes than those of the file that the user named.
"""

import os
import socket
import stat
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest

from offline_ci import ResourceLimits, Sandbox
from offline_ci.cli.chat_paths import dropped_paths, given_paths
from offline_ci.cli.options import check_input_files
from offline_ci.errors import UsageError
from offline_ci.interpreter.saving import OutputFolder, grant_files, save_results

pytestmark = pytest.mark.runtime

DISK = 32 << 20
LIMITS = ResourceLimits(time_s=20, memory_bytes=512 << 20, disk_bytes=DISK, open_files=64, files=2_000)


@pytest.fixture(scope="module")
def started():
    with Sandbox(limits=LIMITS, image="plain") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started):
    with started.fork() as fork:
        yield fork


def _tree(folder, without=None):
    """Everything in a folder: kind, rights, and content or target."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if without is not None and (path == without or without in path.parents):
            continue
        mode = path.lstat().st_mode
        content = path.readlink() if path.is_symlink() else path.read_bytes() if stat.S_ISREG(mode) else None
        found[str(path.relative_to(folder))] = (mode, content)
    return found


@pytest.fixture
def out(tmp_path):
    """The output folder; whatever lies beside it must be the same afterwards."""
    folder = tmp_path / "out"
    folder.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file.txt").write_text("canary")
    before = _tree(tmp_path, without=folder)
    yield folder
    assert _tree(tmp_path, without=folder) == before


def save(sandbox, folder, code):
    """Run a program and save what it made; gives contents by host name, relative to the folder."""
    result = sandbox.run("import os\n" + code)
    assert result.status == "ok", result
    saved, error = save_results(OutputFolder(folder), sandbox, [result])
    assert error is None
    return {str(item.path.relative_to(folder)): item.path.read_bytes() for item in saved}


# --- names that the guest gives

NAMES = {
    "dots_on_the_way": ("os.makedirs('a')", "a/../b.txt", "b.txt"),
    "backslashes": ("", "..\\..\\evil.txt", ".._.._evil.txt"),
    "drive": ("", "C:evil.txt", "C_evil.txt"),
    "stream": ("", "a.txt:hidden", "a.txt_hidden"),
    "wildcards": ("", '*?"<>|.txt', "______.txt"),
    "newline": ("", "a\nb.txt", "a_b.txt"),
    "carriage_return": ("", "a\rb.txt", "a_b.txt"),
    "escape": ("", "a\x1b]0;title\x07b.txt", "a_]0;title_b.txt"),
    "c1": ("", "a\x9b2Jb.txt", "a_2Jb.txt"),
    "delete": ("", "a\x7fb.txt", "a_b.txt"),
    "right_to_left": ("", "a\u202egnp.exe", "a_gnp.exe"),
    "zero_width": ("", "a\u200bb.txt", "a_b.txt"),
    "line_separator": ("", "a\u2028b.txt", "a_b.txt"),
    "three_dots": ("", "...", "___"),
    "option": ("", "-rf", "-rf"),
    "shell": ("", "$(touch x);`y`&.txt", "$(touch x);`y`&.txt"),
    "home": ("", "~", "~"),
    "mount_again": ("os.makedirs('mnt/data')", "mnt/data/x.txt", "mnt/data/x.txt"),
    "long": ("", "ä" * 125 + ".txt", "ä" * 125 + ".txt"),
}


@pytest.mark.parametrize(("before", "name", "lands"), NAMES.values(), ids=NAMES)
def test_a_name_lands_inside_and_steers_nothing(sandbox, out, before, name, lands):
    saved = save(sandbox, out, f"{before}\nopen({name!r}, 'w').write('mine');")
    assert saved == {lands: b"mine"}
    assert (out / lands).resolve().is_relative_to(out.resolve())
    assert all(unicodedata.category(c)[0] != "C" for c in lands)


def test_bytes_that_are_no_text_in_a_name_land_inside(sandbox, out):
    assert save(sandbox, out, r"open(b'\xff\x9b.txt', 'w').write('mine');") == {"__.txt": b"mine"}


@pytest.mark.parametrize("name", ["../up.txt", "../../up.txt", "/up.txt", "/lib/up.txt", "a\0b.txt", "a" * 256])
def test_a_name_that_leads_out_or_cannot_be_is_an_error_in_the_guest(sandbox, out, name):
    result = sandbox.run(f"open({name!r}, 'w').write('mine')")
    assert (result.status, result.error.ename) in {("error", "OSError"), ("error", "ValueError")}, result
    assert save_results(OutputFolder(out), sandbox, [result]) == ([], None)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", ["CON", "NUL", "aux.txt", "com1.csv", "dots.txt..", "space.txt "])
def test_a_name_that_windows_takes_for_something_else_lands_under_another(sandbox, out, name):
    """Colons and wildcards are replaced on every system, so that a folder can be carried to any: this belongs to it."""
    ((lands, content),) = save(sandbox, out, f"open({name!r}, 'w').write('mine');").items()
    assert content == b"mine"
    assert not PureWindowsPath(lands).is_reserved()
    assert lands == lands.rstrip(". ")


def test_names_that_differ_in_case_or_become_one_are_all_kept(sandbox, out):
    names = ["A.txt", "a.txt", "x\x01.txt", "x\x02.txt", "x_.txt"]
    saved = save(sandbox, out, f"for i, name in enumerate({names!r}):\n    open(name, 'w').write(str(i))")
    assert sorted(saved.values()) == [b"0", b"1", b"2", b"3", b"4"]
    assert len({path.name for path in out.iterdir()}) == 5


# --- what is in the output folder already


def test_what_was_there_stays_to_the_byte(sandbox, out):
    (out / "a.txt").write_text("old")
    (out / "a-1.txt").write_text("older")
    (out / "b.txt").mkdir()
    (out / "sub").write_text("a file")
    before = _tree(out)
    code = "for n in ('a.txt', 'b.txt', 'sub/c.txt'):\n    open(n, 'w').write(n)"
    saved = save(sandbox, out, f"os.mkdir('sub')\n{code}")
    assert saved == {"a-2.txt": b"a.txt", "b-1.txt": b"b.txt", "sub-1/c.txt": b"sub/c.txt"}
    assert before.items() <= _tree(out).items()


@pytest.mark.parametrize("taken", [["a/b"], ["a", "a-1"]])
def test_a_file_in_the_way_of_a_folder_costs_nothing(sandbox, out, taken):
    for name in taken:
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("old")
    saved = save(sandbox, out, "os.makedirs('a/b')\nopen('a/b/c.txt', 'w').write('mine');")
    assert list(saved.values()) == [b"mine"]
    assert all((out / name).read_text() == "old" for name in taken)


@pytest.mark.parametrize("target", ["outside/file.txt", "outside/new.txt", "out/a.txt"])
def test_a_link_with_the_name_of_a_file_is_not_followed(sandbox, out, target):
    (out / "a.txt").symlink_to(out.parent / target)
    assert save(sandbox, out, "open('a.txt', 'w').write('mine');") == {"a-1.txt": b"mine"}
    assert (out / "a.txt").readlink() == out.parent / target


def test_a_link_with_the_name_of_a_folder_is_not_followed(sandbox, out):
    (out / "sub").symlink_to(out.parent / "outside", target_is_directory=True)
    try:
        saved = save(sandbox, out, "os.mkdir('sub')\nopen('sub/x.txt', 'w').write('mine');")
        assert not (out.parent / "outside" / "x.txt").exists()
        assert list(saved.values()) == [b"mine"]
    finally:
        (out.parent / "outside" / "x.txt").unlink(missing_ok=True)


def test_a_file_that_became_a_link_since_it_was_saved_is_not_written_through(sandbox, out):
    folder = OutputFolder(out)
    for content in ("first", "second"):
        result = sandbox.run(f"open('a.txt', 'w').write({content!r});")
        (item,) = save_results(folder, sandbox, [result]).files
        if content == "first":
            item.path.unlink()
            item.path.symlink_to(out.parent / "outside" / "file.txt")
    assert item.path.read_text() == "second"


def test_a_given_file_that_became_a_link_is_not_written_through(sandbox, out):
    (out / "in.csv").write_text("given")
    folder = OutputFolder(out, given=[out / "in.csv"])
    grant_files(sandbox, [out / "in.csv"])
    (out / "in.csv").unlink()
    (out / "in.csv").symlink_to(out.parent / "outside" / "file.txt")
    result = sandbox.run("import os; os.remove('in.csv'); open('in.csv', 'w').write('mine');")
    (item,) = save_results(folder, sandbox, [result]).files
    assert (item.path.name, item.path.read_text()) == ("in-1.csv", "mine")


def test_an_output_folder_that_is_a_link_is_the_folder_it_leads_to(sandbox, out):
    (out / "real").mkdir()
    (out / "link").symlink_to(out / "real", target_is_directory=True)
    assert save(sandbox, out / "link", "open('a.txt', 'w').write('mine');") == {"a.txt": b"mine"}
    assert (out / "real" / "a.txt").read_text() == "mine"


def test_an_output_folder_that_is_a_link_to_nothing_is_refused_before_anything_runs(out):
    (out / "link").symlink_to(out / "nowhere")
    with pytest.raises(UsageError, match="link"):
        OutputFolder(out / "link")


def test_an_output_folder_that_vanished_is_made_again(sandbox, out):
    folder = OutputFolder(out)
    out.rmdir()
    result = sandbox.run("open('a.txt', 'w').write('mine');")
    (item,) = save_results(folder, sandbox, [result]).files
    assert (item.path, item.path.read_text()) == (out / "a.txt", "mine")


@pytest.mark.parametrize("mode", [0o777, 0o4755, 0o2755, 0o1777])
def test_a_file_is_saved_without_the_right_to_be_run(sandbox, out, mode):
    save(sandbox, out, f"open('run.sh', 'w').write('#!/bin/sh')\nos.chmod('run.sh', {mode})")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((out / "run.sh").stat().st_mode) == 0o666 & ~umask


def test_nothing_half_written_is_left_in_the_folder(sandbox, out):
    save(sandbox, out, "for i in range(50):\n    open(f'{i}.bin', 'wb').write(bytes(10_000))")
    assert len(list(out.iterdir())) == 50
    assert all(path.stat().st_size == 10_000 for path in out.iterdir())


# --- nothing is lost


def test_the_longest_name_is_saved(sandbox, out):
    name = "a" * 251 + ".txt"
    assert save(sandbox, out, f"open({name!r}, 'w').write('mine');") == {name: b"mine"}


def test_the_longest_name_that_is_taken_is_saved_under_another(sandbox, out):
    name = "a" * 251 + ".txt"
    (out / name).write_text("old")
    saved = save(sandbox, out, f"open({name!r}, 'w').write('mine');")
    assert (list(saved.values()), (out / name).read_text()) == ([b"mine"], "old")


def test_a_path_too_long_for_the_host_costs_no_other_file(sandbox, out):
    code = (
        "for _ in range(20):\n    os.mkdir('d' * 250); os.chdir('d' * 250)\n"
        "open('deep.txt', 'w').write('deep')\nos.chdir('/mnt/data')\nopen('z.txt', 'w').write('mine');"
    )
    result = sandbox.run("import os\n" + code)
    assert result.status == "ok", result
    saved = save_results(OutputFolder(out), sandbox, [result])
    assert len(saved.files) == 2 or "deep.txt" in str(saved.error)
    assert (out / "z.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "chmod",
    ["os.chmod('a/b.txt', 0)", "os.chmod('a', 0)"],
    ids=["file", "folder"],
)
def test_rights_that_the_guest_took_away_cost_no_file(sandbox, out, chmod):
    code = "os.mkdir('a'); open('a/b.txt', 'w').write('b'); open('z.txt', 'w').write('z')\n"
    assert save(sandbox, out, code + chmod) == {"a/b.txt": b"b", "z.txt": b"z"}


def test_links_of_the_guest_are_not_saved_and_cost_no_file(sandbox, out):
    links = {
        "loop": "loop",
        "one": "two",
        "two": "one",
        "up": "../../../../../../etc/passwd",
        "canary": str(out.parent / "outside" / "file.txt"),
        "folder": "/lib",
        "self": ".",
        "nothing": "nowhere",
    }
    code = f"for name, target in {links!r}.items():\n    os.symlink(target, name)\nopen('z.txt', 'w').write('mine');"
    assert save(sandbox, out, code) == {"z.txt": b"mine"}
    for name in ("loop", "one", "up", "canary", "nothing"):
        with pytest.raises(UsageError, match=name):
            sandbox.files.read(name)


def test_a_link_of_the_guest_to_a_folder_takes_nothing_from_there(sandbox, out):
    code = "os.symlink('/tmp', 'd'); open('d/x.txt', 'w').write('x'); open('z.txt', 'w').write('mine');"
    assert save(sandbox, out, code) == {"z.txt": b"mine"}


def test_very_many_files_are_all_saved_and_too_many_are_an_error_in_the_guest(sandbox, out):
    code = "for i in range(1_500):\n    open(f'{i}.txt', 'w').write(str(i))"
    saved = save(sandbox, out, code)
    assert saved == {f"{i}.txt": str(i).encode() for i in range(1_500)}
    result = sandbox.run("for i in range(1_500):\n    open(f'more-{i}.txt', 'w').write('x')")
    assert (result.error.ename, result.error.evalue.startswith("[Errno 51]")) == ("OSError", True), result
    assert sandbox.run("1 + 1").result == "2"


@pytest.mark.parametrize(
    "code",
    [
        "f = open('s', 'wb'); f.truncate(1 << 40)",
        "f = open('s', 'wb'); f.truncate(1 << 62)",
        "f = open('s', 'wb', 0); f.seek(1 << 40); f.write(b'x')",
        "os.truncate('s', 1 << 33)",
    ],
)
def test_a_giant_file_with_holes_is_an_error_and_takes_no_room(sandbox, out, code):
    result = sandbox.run(f"import os\nopen('s', 'wb').close()\n{code}")
    assert result.error.ename == "OSError", result
    save_results(OutputFolder(out), sandbox, [result])
    assert sum(path.stat().st_size for path in out.iterdir()) == 0
    assert sandbox.run("open('ok.txt', 'w').write('x' * 1000)").result == "1000"


# --- archives that the guest extracts

SLIP = """
import io, zipfile
data = io.BytesIO()
with zipfile.ZipFile(data, 'w') as archive:
    for name in ('../../../up.txt', '/top.txt', {canary!r}, 'fine.txt'):
        archive.writestr(name, 'x')
archive = zipfile.ZipFile(data)
"""


def test_an_archive_that_climbs_stays_in_the_guest(sandbox, out):
    canary = str(out.parent / "outside" / "file.txt")
    saved = save(sandbox, out, SLIP.format(canary=canary) + "archive.extractall()")
    assert set(saved) == {"up.txt", "top.txt", canary[1:], "fine.txt"}
    assert (out.parent / "outside" / "file.txt").read_text() == "canary"


def test_an_archive_that_is_extracted_without_care_stays_in_the_guest(sandbox, out):
    canary = str(out.parent / "outside" / "file.txt")
    by_hand = (
        "refused = []\nfor name in archive.namelist():\n    try:\n        open(name, 'wb').write(archive.read(name))\n"
        "    except OSError as error:\n        refused.append(error.errno)\nassert len(refused) == 3, refused"
    )
    assert save(sandbox, out, SLIP.format(canary=canary) + by_hand) == {"fine.txt": b"x"}


def test_an_archive_that_explodes_fills_the_guests_disk_only(sandbox, out):
    bomb = (
        "import io, zipfile\ndata = io.BytesIO()\n"
        "with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:\n"
        "    with archive.open('zeros', 'w', force_zip64=True) as file:\n"
        "        for _ in range(100):\n            file.write(bytes(1 << 20))\n"
        "zipfile.ZipFile(data).extractall()"
    )
    result = sandbox.run(bomb)
    assert (result.status, result.limit.name) == ("disk_limit", "disk_bytes"), result
    save_results(OutputFolder(out), sandbox, [result])
    assert sum(path.stat().st_size for path in out.iterdir()) <= DISK
    assert sandbox.run("1 + 1").result == "2"


# --- uploads: what they are


def _fifo(path):
    os.mkfifo(path)


def _socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _loop(path):
    path.symlink_to(path)


UPLOADS = {
    "nothing": lambda path: None,
    "folder": Path.mkdir,
    "fifo": _fifo,
    "socket": _socket,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "dangling": lambda path: path.symlink_to("nowhere"),
    "loop": _loop,
    "link_to_folder": lambda path: path.symlink_to("."),
    "below_a_file": lambda path: path.write_text("x"),
}


@pytest.mark.parametrize("kind", UPLOADS)
def test_what_is_no_regular_file_is_refused_by_name(sandbox, tmp_path, kind, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    UPLOADS[kind](Path("up.csv"))
    path = tmp_path / "up.csv" / "x" if kind == "below_a_file" else tmp_path / "up.csv"
    for refuse in (lambda: check_input_files([str(path)]), lambda: grant_files(sandbox, [path])):
        with pytest.raises(UsageError) as caught:
            refuse()
        assert "up.csv" in str(caught.value)
    assert sandbox.files.list() == []


def test_a_file_that_may_not_be_read_is_refused_by_name(sandbox, tmp_path):
    path = tmp_path / "secret.csv"
    path.write_text("secret")
    path.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)  # for root every file can be read
    try:
        with pytest.raises(UsageError, match=r"secret\.csv"):
            grant_files(sandbox, [path])
    finally:
        if is_root:
            os.seteuid(0)
    assert sandbox.files.list() == []


def test_a_link_that_the_user_names_is_its_file_under_the_links_name(sandbox, tmp_path):
    (tmp_path / "real.csv").write_text("a,b")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert grant_files(sandbox, [tmp_path / "link.csv"]) == ["link.csv"]
    assert sandbox.run("import os; print(open('link.csv').read(), os.path.islink('link.csv'))").stdout == "a,b False\n"
    assert str(tmp_path) not in sandbox.run("import os; os.stat('link.csv'), os.path.realpath('link.csv')").result


def test_a_file_whose_size_is_a_lie_is_given_whole_or_refused(sandbox):
    """Such as those of /proc: an empty table would be a wrong answer that nobody notices."""
    path = Path("/proc/version")
    try:
        grant_files(sandbox, [path])
    except UsageError as error:
        assert "version" in str(error)  # noqa: PT017 - either is right
        return
    assert sandbox.run("print(open('version').read(), end='')").stdout == path.read_text()


# --- uploads: what they are called


@pytest.mark.parametrize(
    "name",
    [
        b"a\nb.csv",
        b"a\x1b[2Jb.csv",
        "a\u202egnp.exe".encode(),
        b"\xff\xfe.csv",
        b"..\\..\\x.csv",
        b"...",
        b" . ",
        b"-rf",
        b"CON",
        "ä".encode() * 127,
        b"a" * 255,
    ],
)
def test_a_file_is_given_under_exactly_its_name(sandbox, tmp_path, name):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_text("content")
    grant_files(sandbox, [path])
    result = sandbox.run("import os; print(os.listdir(b'.'), open(os.listdir(b'.')[0]).read())")
    assert result.stdout == f"{[name]!r} content\n", result


BAD_NAMES = [
    "",
    ".",
    "..",
    "/",
    "../x",
    "a/../../x",
    "a/..",
    "/etc/passwd",
    "/mnt/data",
    "/mnt/data/../x",
    "a\0b",
    "ä" * 128,
]


@pytest.mark.parametrize(
    "name",
    [
        *BAD_NAMES,
        "\ud800",
    ],
)
def test_a_name_that_no_guest_file_can_have_is_refused(sandbox, tmp_path, name):
    (tmp_path / "x").write_text("x")
    files = sandbox.files
    calls = [lambda: files.write(name, b"x"), lambda: files.read(name), lambda: files.remove(name)]
    if name:  # without a name it is the file's own
        calls.append(lambda: files.grant(tmp_path / "x", name))
    for call in calls:
        with pytest.raises(UsageError, match="is no file name"):
            call()
    assert files.list() == []


@pytest.mark.parametrize("how", ["checked", "given"])
def test_a_null_character_in_a_path_is_refused(sandbox, how):
    with pytest.raises(UsageError, match=r"is no file name|There is no file|cannot be opened"):
        check_input_files(["a\0b/x.csv"]) if how == "checked" else grant_files(sandbox, [Path("a\0b/x.csv")])


@pytest.mark.parametrize(
    "line",
    ["/tmp/a.csv: " + "which rows " * 30, "/" + "ä" * 300, "~no-such-user/a.csv", "~no-such-user is a name"],
)
def test_a_line_that_only_looks_like_a_path_is_none(line):
    assert dropped_paths(line) == []
    assert isinstance(given_paths(line), list)


def test_files_of_one_name_are_all_given(sandbox, tmp_path):
    for i in range(3):
        (tmp_path / str(i)).mkdir()
        (tmp_path / str(i) / "a.csv").write_text(str(i))
    assert grant_files(sandbox, [tmp_path / str(i) / "a.csv" for i in range(3)]) == ["a.csv", "a-1.csv", "a-2.csv"]
    assert sandbox.run("print(*(open(n).read() for n in ('a.csv', 'a-1.csv', 'a-2.csv')))").stdout == "0 1 2\n"


@pytest.mark.parametrize(
    "trap",
    [
        "os.symlink('/tmp/elsewhere', 'a.csv')",
        "os.symlink('a.csv', 'a.csv')",
        "os.symlink('made.txt', 'a.csv')",
        "os.mkdir('a.csv'); open('a.csv/kept.txt', 'w').write('kept')",
    ],
    ids=["link_out", "link_loop", "link_to_file", "folder"],
)
def test_what_the_guest_put_in_the_place_of_an_upload_does_not_get_it(sandbox, tmp_path, trap):
    """Either the file is there, under a name that is told, or it is refused; nothing of the guest's is lost."""
    assert sandbox.run(f"import os\nopen('made.txt', 'w').write('made')\n{trap}").status == "ok"
    (tmp_path / "a.csv").write_text("content")
    try:
        (name,) = grant_files(sandbox, [tmp_path / "a.csv"])
    except UsageError as error:
        assert "a.csv" in str(error)  # noqa: PT017 - either is right
    else:
        assert sandbox.run(f"print(open({name!r}).read())").stdout == "content\n"
    assert sandbox.run("print(open('made.txt').read(), os.path.exists('/tmp/elsewhere'))").stdout == "made False\n"
    if "kept" in trap:
        assert sandbox.run("print(open('a.csv/kept.txt').read())").stdout == "kept\n"


# --- uploads: what happens to them later


def test_a_file_that_is_replaced_or_removed_stays_the_one_that_was_given(sandbox, tmp_path):
    for name in ("removed", "replaced", "linked"):
        (tmp_path / name).write_text("given")
    (tmp_path / "secret").write_text("secret")
    grant_files(sandbox, [tmp_path / name for name in ("removed", "replaced", "linked")])
    (tmp_path / "removed").unlink()
    (tmp_path / "other").write_text("other")
    (tmp_path / "other").replace(tmp_path / "replaced")
    (tmp_path / "linked").unlink()
    (tmp_path / "linked").symlink_to(tmp_path / "secret")
    result = sandbox.run("print(*(open(n).read() for n in ('removed', 'replaced', 'linked')))")
    assert result.stdout == "given given given\n"


def test_a_file_that_grows_has_the_size_it_was_given_with(sandbox, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("given")
    grant_files(sandbox, [path])
    with path.open("a") as file:
        file.write("-more")
    assert sandbox.run("import os; print(open('a.csv').read(), os.path.getsize('a.csv'))").stdout == "given 5\n"


def test_a_file_that_shrinks_while_it_is_read_ends_early_and_the_session_goes_on(sandbox, tmp_path):
    """As on Linux: never other bytes than the file's, no endless loop, no end of the worker."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"0123456789" * 2_000_000)
    grant_files(sandbox, [path])
    assert sandbox.run("f = open('a.csv', 'rb', 0); print(f.read(10))").stdout == "b'0123456789'\n"
    os.truncate(path, 14)
    # What was read ahead may still come; what follows does not.
    code = "rest = f.read()\nprint(len(rest) < 19_000_000, (b'0123456789' * 2_000_000)[10:].startswith(rest), f.read())"
    assert sandbox.run(code).stdout == "True True b''\n"
    assert sandbox.run("1 + 1").result == "2"


def test_a_file_that_is_given_again_is_read_anew(sandbox, tmp_path):
    path = tmp_path / "a.csv"
    for content in ("first", "second, and longer", "3"):
        path.write_text(content)
        sandbox.files.grant(path, "a.csv")
        assert sandbox.run("print(open('a.csv').read())").stdout == f"{content}\n"


def test_a_giant_file_is_given_without_being_copied(sandbox, tmp_path):
    path = tmp_path / "giant"
    with path.open("wb") as file:
        file.truncate(100 << 30)
        file.seek(-4, os.SEEK_END)
        file.write(b"last")
    grant_files(sandbox, [path])
    code = "import os\nf = open('giant', 'rb')\nf.seek(-4, 2)\nprint(os.path.getsize('giant'), f.read())"
    assert sandbox.run(code).stdout == f"{100 << 30} b'last'\n"
    result = sandbox.run("open('giant', 'rb').read()")
    assert (result.status, result.error.ename) in {("memory_limit", "MemoryError"), ("error", "OverflowError")}, result
    assert sandbox.run("1 + 1").result == "2"


@pytest.mark.parametrize(
    "attack",
    [
        "open('a.csv', 'w')",
        "open('a.csv', 'r+b')",
        "os.chmod('a.csv', 0o777); open('a.csv', 'a')",
        "os.truncate('a.csv', 0)",
        "os.rename('a.csv', 'b.csv'); open('b.csv', 'r+')",
        "os.symlink('a.csv', 'l'); open('l', 'w')",
    ],
)
def test_the_users_own_file_cannot_be_written(sandbox, tmp_path, attack):
    path = tmp_path / "a.csv"
    path.write_text("content")
    before = path.stat()
    grant_files(sandbox, [path])
    result = sandbox.run(f"import os\n{attack}")
    assert (result.status, result.error.ename) == ("error", "OSError"), result
    assert "Read-only file system" in result.error.evalue
    after = path.stat()
    assert (path.read_text(), after.st_mode, after.st_mtime_ns) == ("content", before.st_mode, before.st_mtime_ns)
