import zipfile

import pytest

from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.manifest import SITE_PACKAGES, Package
from offline_ci.pyodide.packages import Wheel
from support.wheels import INFO, METADATA, make_wheel

FILES = {
    "tiny/__init__.py": b"x = 1\n",
    "tiny/_speed.cpython-314-wasm32-emscripten.so": b"\0asm",
    "single.py": b"",
    "_private.py": b"",
}


def test_files_go_to_site_packages(tmp_path):
    with Wheel(make_wheel(tmp_path, FILES)) as wheel:
        placed = dict(wheel.files())
    assert placed[f"{SITE_PACKAGES}/tiny/__init__.py"] == b"x = 1\n"
    assert placed[f"{SITE_PACKAGES}/{INFO}/METADATA"] == METADATA.encode()
    assert f"{SITE_PACKAGES}/{INFO}/RECORD" in placed
    assert len(placed) == 6


def test_data_folders_go_where_an_installer_would_put_them(tmp_path):
    data = "tiny_thing-1.2.data"
    files = {
        f"{data}/purelib/a.py": b"a",
        f"{data}/platlib/b/c.py": b"b",
        f"{data}/data/etc/tiny.conf": b"c",
        f"{data}/data/share/man/man1/tiny.1": b"d",
        f"{data}/scripts/tiny": b"e",
        f"{data}/headers/tiny.h": b"f",
    }
    with Wheel(make_wheel(tmp_path, files)) as wheel:
        placed = {path: content for path, content in wheel.files() if INFO not in path}
    assert placed == {f"{SITE_PACKAGES}/a.py": b"a", f"{SITE_PACKAGES}/b/c.py": b"b", "/etc/tiny.conf": b"c"}


def test_package_tells_what_the_metadata_says(tmp_path):
    with Wheel(make_wheel(tmp_path, FILES)) as wheel:
        package = wheel.package()
    assert (package.name, package.version, package.licence, package.kind) == ("Tiny-Thing", "1.2", "MIT", "native")
    assert package.import_names == ("single", "tiny")
    assert package.bytes > len(METADATA)
    assert Package.from_json(package.to_json()) == package


def test_what_is_compiled_for_another_machine_is_left_out(tmp_path):
    foreign = {"tiny/_fast.cpython-314-x86_64-linux-gnu.so": b"ELF" * 1000}
    with Wheel(make_wheel(tmp_path, {"tiny/__init__.py": b"", **foreign})) as wheel:
        assert list(wheel.files(".so")) == []
        assert wheel.package().kind == "pure"
        assert wheel.package().bytes < 3000


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        ("License-Expression: Apache-2.0\nLicense: something", "Apache-2.0"),
        (
            "License: other\nClassifier: License :: Any :: BSD License\nClassifier: License :: Any :: MIT License",
            "BSD License OR MIT License",
        ),
        ("License: MPL-2.0", "MPL-2.0"),
        ("License: " + "Copyright " * 20, "see its dist-info folder"),
        ("Summary: none", "see its dist-info folder"),
    ],
)
def test_package_licence(tmp_path, header, licence):
    metadata = f"Metadata-Version: 2.1\nName: x\nVersion: 1\n{header}\n\n"
    with Wheel(make_wheel(tmp_path, {"x.py": b""}, metadata=metadata)) as wheel:
        assert wheel.package().licence == licence


@pytest.mark.parametrize(
    "name", ["../escape.py", "a/../../b.py", "/etc/passwd", "a//b.py", "a\\..\\b.py", "./a.py", "tiny_thing-1.2.data/x"]
)
def test_paths_that_leave_their_folder_are_refused(tmp_path, name):
    path = make_wheel(tmp_path, {name: b""})
    with Wheel(path) as wheel, pytest.raises(RuntimeBuildError) as error:
        list(wheel.files())
    assert str(error.value).startswith("The wheel tiny_thing-1.2-py3-none-any.whl has a ")
    assert str(error.value).endswith("Run: offline-ci runtime fetch")


def test_contents_that_differ_from_record_are_refused(tmp_path):
    path = make_wheel(tmp_path, FILES, damaged={"single.py"})
    with Wheel(path) as wheel, pytest.raises(RuntimeBuildError, match=r"is damaged: single\.py differs from RECORD"):
        list(wheel.files())


def test_files_that_record_does_not_list_are_refused(tmp_path):
    path = make_wheel(tmp_path, FILES, unlisted={"single.py"})
    with pytest.raises(RuntimeBuildError, match=r"has a file that RECORD does not list: single\.py"):
        Wheel(path)


def test_files_without_a_digest_are_refused(tmp_path):
    path = make_wheel(tmp_path, FILES, unlisted={"single.py"}, record_extra=["single.py,,"])
    with Wheel(path) as wheel, pytest.raises(RuntimeBuildError, match=r"lists single\.py without a digest"):
        list(wheel.files())


def test_what_is_no_wheel_is_refused(tmp_path):
    path = tmp_path / "x-1-py3-none-any.whl"
    path.write_bytes(b"not a zip file")
    with pytest.raises(RuntimeBuildError, match=r"The wheel x-1-py3-none-any\.whl cannot be opened"):
        Wheel(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", b"")
    with pytest.raises(RuntimeBuildError, match="has no RECORD, or more than one"):
        Wheel(path)
