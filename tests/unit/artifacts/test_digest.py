import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.artifacts.digest import Digest, Hasher, digest_chunks, digest_file, file_integrity


@given(st.lists(st.binary(max_size=50)))
def test_a_stream_hashes_like_its_bytes_however_it_is_cut(chunks):
    whole = b"".join(chunks)
    assert digest_chunks(chunks) == Digest(hashlib.sha256(whole).hexdigest(), len(whole))


def test_a_file_larger_than_a_chunk_hashes_whole(tmp_path):
    body = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(body)
    assert digest_file(tmp_path / "file") == Digest(hashlib.sha256(body).hexdigest(), 2_560_000)


def test_a_hasher_can_be_asked_on_the_way():
    hasher = Hasher()
    hasher.update(b"ab")
    assert hasher.digest() == digest_chunks([b"ab"])
    hasher.update(b"c")
    assert (hasher.size_bytes, hasher.digest()) == (3, digest_chunks([b"abc"]))


def test_integrity_is_written_as_npm_writes_it(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    # Source: the sha512 of nothing, FIPS 180-4 test vectors, in base64.
    assert file_integrity(tmp_path / "file") == (
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
    )


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        digest_file(tmp_path / "gone")
