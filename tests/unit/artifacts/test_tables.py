import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.artifacts.tables import Table
from offline_ci.errors import LockfileError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def table(**data):
    return Table(data, file="x.toml", key="models.a")


def complaint_of(read, value):
    try:
        read(table(key=value), "key")
    except LockfileError as error:
        return error.message
    return None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: table().text("name"), "x.toml: models.a.name is missing."),
        (lambda: table(name=" ").text("name"), "x.toml: models.a.name is an empty text where a text is expected."),
        (lambda: table(name=3).text("name"), "x.toml: models.a.name is 3 where a text is expected."),
        (
            lambda: table(size=-1).size("size"),
            "x.toml: models.a.size is -1 where a number of bytes above zero is expected.",
        ),
        (
            lambda: table(size=True).size("size"),
            "x.toml: models.a.size is True where a number of bytes above zero is expected.",
        ),
        (
            lambda: table(sha256="ABC").sha256("sha256"),
            "x.toml: models.a.sha256 is 'ABC' where 64 lower-case hexadecimal digits are expected.",
        ),
        (
            lambda: table(file="../x").filename("file"),
            "x.toml: models.a.file is '../x' where a plain file name is expected.",
        ),
        (lambda: table(a=[]).tables("a"), "x.toml: models.a.a is an empty list where a list of tables is expected."),
        (lambda: table(a=[1]).tables("a"), "x.toml: models.a.a[0] is 1 where a table is expected."),
        (lambda: table(a=None).table("a"), "x.toml: models.a.a is null where a table is expected."),
        (lambda: table(extra=1).close(), "x.toml: models.a.extra is not a key that belongs here."),
        (lambda: table(schema=2).check_schema(1), "x.toml: models.a.schema is 2 where 1 is expected."),
        (lambda: Table([], file="x.toml"), "x.toml: The top level is an empty list where a table is expected."),
    ],
)
def test_a_complaint_names_file_key_and_what_was_expected(call, message):
    with pytest.raises(LockfileError) as caught:
        call()
    assert caught.value.message == message
    assert caught.value.hint is not None


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a\\b", ".hidden", "-rf", "a b", "a\0b", "a\n", "/etc/passwd"])
def test_a_file_name_leads_nowhere_else(name):
    with pytest.raises(LockfileError):
        table(file=name).filename("file")


@given(JSON)
def test_whatever_stands_there_is_read_or_complained_about(value):
    for read in (Table.text, Table.size, Table.sha256, Table.filename, Table.tables, Table.table):
        complaint = complaint_of(read, value)
        assert complaint is None or "models.a.key" in complaint
