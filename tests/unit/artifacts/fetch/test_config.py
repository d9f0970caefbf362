import pytest

from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.specs import Folder, Http, NpmTarball
from offline_ci.errors import UsageError
from support.artifacts import spec_of

PINNED = Http("https://example.org/pinned")
SPEC = spec_of(b"x", PINNED, name="a b.whl")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("OFFLINE_CI_SOURCE_DIR", "OFFLINE_CI_MIRROR"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_there_are_the_pinned_sources_alone():
    assert FetchConfig.from_env() == FetchConfig()
    assert FetchConfig().sources_of(SPEC) == (PINNED,)


def test_the_folder_comes_before_the_mirror_and_both_before_the_pinned(monkeypatch, tmp_path):
    (tmp_path / "a b.whl").write_bytes(b"")
    monkeypatch.setenv("OFFLINE_CI_SOURCE_DIR", str(tmp_path))
    monkeypatch.setenv("OFFLINE_CI_MIRROR", "https://mirror.example/base/")
    assert FetchConfig.from_env().sources_of(SPEC) == (
        Folder(tmp_path / "a b.whl"),
        Http("https://mirror.example/base/runtime/dist/a%20b.whl"),
        Http("https://mirror.example/base/a%20b.whl"),
        PINNED,
    )


def test_the_folder_may_be_laid_out_as_the_home_folder_is(tmp_path):
    (tmp_path / "runtime" / "dist").mkdir(parents=True)
    config = FetchConfig(source_dir=tmp_path)
    assert config.sources_of(SPEC) == (PINNED,)
    (tmp_path / "a b.whl").write_bytes(b"")
    assert config.sources_of(SPEC)[0] == Folder(tmp_path / "a b.whl")
    (tmp_path / "runtime" / "dist" / "a b.whl").write_bytes(b"")
    assert config.sources_of(SPEC)[0] == Folder(tmp_path / "runtime" / "dist" / "a b.whl")


def test_packages_are_found_in_the_folder(tmp_path):
    package = NpmTarball("x@1.0.0", "x-1.0.0.tgz", "sha512-", 1)
    assert FetchConfig().find_package(package) is None
    assert FetchConfig(source_dir=tmp_path).find_package(package) is None
    (tmp_path / "x-1.0.0.tgz").write_bytes(b"")
    assert FetchConfig(source_dir=tmp_path).find_package(package) == tmp_path / "x-1.0.0.tgz"


def test_the_command_lines_source_takes_the_place_of_its_like(monkeypatch, tmp_path):
    monkeypatch.setenv("OFFLINE_CI_MIRROR", "https://mirror.example")
    assert FetchConfig.from_env("http://other.example/x") == FetchConfig(mirror="http://other.example/x")
    assert FetchConfig.from_env(str(tmp_path)) == FetchConfig(tmp_path, "https://mirror.example")


@pytest.mark.parametrize("mirror", ["ftp://x/y", "file:///etc", "https://", "nonsense"])
def test_a_mirror_that_is_no_web_address_is_refused(mirror):
    with pytest.raises(UsageError, match="is not an http or https address"):
        FetchConfig(mirror=mirror)


def test_a_source_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"The source folder .*gone is not a folder"):
        FetchConfig.from_env(str(tmp_path / "gone"))
