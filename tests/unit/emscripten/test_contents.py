import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.emscripten.vfs.contents import CHUNK_BYTES, ChunkedFile
from offline_ci.emscripten.vfs.node import Backend

PLACES = st.builds(lambda chunks, offset: max(0, chunks * CHUNK_BYTES + offset), st.integers(0, 3), st.integers(-3, 3))
PIECES = st.builds(
    lambda byte, n, whole: bytes([byte]) * (n + whole * CHUNK_BYTES),
    st.integers(1, 255),
    st.integers(1, 5),
    st.integers(0, 2),
)
STEPS = st.one_of(
    st.tuples(st.just("write"), PLACES, PIECES),
    st.tuples(st.just("resize"), PLACES),
    st.tuples(st.just("freeze")),
    st.tuples(st.just("thaw"), st.integers(0, 5)),
)


@pytest.fixture
def file():
    return new_file()


def new_file():
    return ChunkedFile(Backend(2, read_only=False), 1, 0o644, 0)


def read(file, position, n):
    buffer = bytearray(n)
    return bytes(buffer[: file.read_into(memoryview(buffer), position)])


@given(st.lists(STEPS, max_size=10), PLACES, PLACES)
def test_a_file_in_chunks_is_like_one_in_a_piece(steps, position, n):
    file, model, frozen = new_file(), b"", [(0, (), b"")]
    for step in steps:
        match step:
            case ("write", place, data):
                file.write_contents(data, place)
                model = model[:place].ljust(place, b"\0") + data + model[place + len(data) :]
            case ("resize", size):
                file.resize_contents(size)
                model = model[:size].ljust(size, b"\0")
            case ("freeze",):
                frozen.append((file.size, file.freeze_contents(), model))
            case ("thaw", which):
                size, chunks, model = frozen[which % len(frozen)]
                file.thaw_contents(size, chunks)
        assert file.size == len(model)
        assert read(file, position, n) == model[position : position + n]
    assert read(file, 0, len(model) + 1) == model
    for size, chunks, contents in frozen:
        assert b"".join(chunks) == contents
        assert size == len(contents)
        assert all(len(chunk) == CHUNK_BYTES for chunk in chunks[:-1])
        assert all(chunks)


def test_what_was_frozen_cannot_be_written(file):
    file.write_contents(b"abc", 0)
    (chunk,) = file.freeze_contents()
    with pytest.raises(TypeError, match="read-only"):
        chunk[0] = 1


def test_zeros_take_no_memory(file):
    file.resize_contents(100 * CHUNK_BYTES)
    assert len({id(chunk) for chunk in file.freeze_contents()}) == 1
