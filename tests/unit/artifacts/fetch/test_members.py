import pytest

from offline_ci.artifacts.fetch.failures import SourceFailedError
from offline_ci.artifacts.fetch.members import member_chunks
from support.file_server import make_tarball, make_wheel

BODY = bytes(range(256)) * 10_000


@pytest.fixture(params=["x.whl", "x.tgz"])
def package(request, tmp_path):
    path = tmp_path / request.param
    wheel = make_wheel("x", "1.0", {"package/data.bin": BODY})[1]
    path.write_bytes(wheel if path.suffix == ".whl" else make_tarball({"data.bin": BODY}))
    return path


def test_a_member_is_read_in_pieces(package):
    chunks = list(member_chunks(package, "package/data.bin"))
    assert b"".join(chunks) == BODY
    assert len(chunks) == 3


def test_without_a_member_the_package_itself_is_read(package):
    assert b"".join(member_chunks(package, None)) == package.read_bytes()


def test_a_member_that_is_not_there_is_named(package):
    with pytest.raises(SourceFailedError, match=f"{package.name} has no readable member gone"):
        list(member_chunks(package, "gone"))


def test_an_archive_that_is_cut_off_or_none_is_named(package):
    whole = package.read_bytes()
    for content in (whole[: len(whole) // 2], b"not an archive", b""):
        package.write_bytes(content)
        with pytest.raises(SourceFailedError, match="has no readable member"):
            list(member_chunks(package, "package/data.bin"))
