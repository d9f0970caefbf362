import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.emscripten.vfs.archivefs import file_entry
from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.manifest import SITE_PACKAGES, STDLIB
from offline_ci.pyodide.pack import TreeWriter, is_left_out

NAMES = st.text("abc", min_size=1, max_size=2)


def test_tree_writer_index_and_payload():
    payload = io.BytesIO()
    tree = TreeWriter(payload)
    tree.add_all([("/lib/a.py", b"first"), ("/lib/sub/b.py", b""), ("/c", b"third")])
    assert payload.getvalue() == b"firstthird"
    assert tree.n_files == 3
    expected = {"lib": {"a.py": file_entry(0, 5), "sub": {"b.py": file_entry(5, 0)}}, "c": file_entry(5, 5)}
    assert json.loads(tree.index_json()) == expected


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("/lib/a.py", "/lib/a.py comes from two packages."),
        ("/lib/a.py/b", "/lib/a.py/b lies below a.py, which is a file."),
        ("/lib", "/lib comes from two packages."),
    ],
)
def test_tree_writer_refuses_a_path_twice(second, message):
    tree = TreeWriter(io.BytesIO())
    tree.add("/lib/a.py", b"")
    with pytest.raises(RuntimeBuildError) as error:
        tree.add(second, b"")
    assert str(error.value) == message


@given(st.dictionaries(st.tuples(NAMES, NAMES), st.binary(max_size=20)))
def test_every_file_can_be_found_again(files):
    payload = io.BytesIO()
    tree = TreeWriter(payload)
    for (folder, name), data in files.items():
        tree.add(f"/{folder}/{name}", data)
    index = json.loads(tree.index_json())
    for (folder, name), data in files.items():
        offset, size = divmod(index[folder][name], 1 << 32)
        assert payload.getvalue()[offset : offset + size] == data


@pytest.mark.parametrize(
    "path",
    [
        f"{STDLIB}/pyodide/ffi/__init__.py",
        f"{STDLIB}/_pyodide/_base.py",
        f"{SITE_PACKAGES}/micropip/__init__.py",
        f"{SITE_PACKAGES}/micropip-0.11.1.dist-info/METADATA",
        f"{SITE_PACKAGES}/scipy/io/tests/data/big.mat",
        f"{SITE_PACKAGES}/joblib/test/test_pool.py",
        f"{SITE_PACKAGES}/numpy/_core/include/numpy/arrayobject.h",
        f"{SITE_PACKAGES}/lxml/etree.pyx",
    ],
)
def test_left_out(path):
    assert is_left_out(path)


@pytest.mark.parametrize(
    "path",
    [
        f"{STDLIB}/os.py",
        f"{STDLIB}/unittest/case.py",
        f"{SITE_PACKAGES}/numpy/testing/__init__.py",
        f"{SITE_PACKAGES}/pandas/_testing/__init__.py",
        f"{SITE_PACKAGES}/sympy/testing/runtests.py",
        f"{SITE_PACKAGES}/somebody/tests/__init__.py",
        f"{SITE_PACKAGES}/micropipette/__init__.py",
    ],
)
def test_not_left_out(path):
    assert not is_left_out(path)
