"""Large products of float matrices are OpenBLAS's, and right however the matrices lie in memory."""

import pytest

from offline_ci import ResourceLimits, Sandbox

pytestmark = pytest.mark.runtime

# Whole numbers: then every order of adding up gives the same, and numpy's product of integers is the truth.
PREPARE = """
import itertools
import numpy as np

random = np.random.default_rng(0)

def matrix(*shape, dtype=float):
    return random.integers(-9, 10, shape).astype(dtype)

def truth(a, b):
    return a.astype(np.int64) @ b.astype(np.int64)

def spread(a):
    "The same matrix with gaps in between, which BLAS cannot take."
    wide = np.zeros((a.shape[0] * 2, a.shape[1] * 2), a.dtype)[::2, ::2]
    wide[...] = a
    return wide

def padded(a):
    "The same matrix as a part of a larger one."
    wide = np.full((a.shape[0] + 3, a.shape[1] + 5), np.nan, a.dtype)[1:-2, 2:-3]
    wide[...] = a
    return wide

LAYOUTS = [
    np.ascontiguousarray, np.asfortranarray, padded, lambda a: padded(a.T).T,
    spread, lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
]
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(isolation="inline") as sandbox:
        assert sandbox.run(PREPARE).status == "ok"
        yield sandbox


def value(sandbox, code):
    result = sandbox.run(code)
    assert result.status == "ok", result.error
    return result.result


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_layout_gives_the_same(sandbox, dtype):
    code = f"""
a, b = matrix(70, 90, dtype="{dtype}"), matrix(90, 80, dtype="{dtype}")
expected, out, wrong = truth(a, b), np.empty((70, 80), "{dtype}"), []
for i, j, k in itertools.product(range(6), repeat=3):
    c = LAYOUTS[k](np.full_like(out, np.nan))
    np.matmul(LAYOUTS[i](a), LAYOUTS[j](b), out=c)
    if not (c == expected).all():
        wrong.append((i, j, k))
wrong
"""
    assert value(sandbox, code) == "[]"


def test_what_lies_around_a_result_stays(sandbox):
    code = """
a, wide = matrix(80, 80), np.full((100, 100), 7.0)
np.matmul(a, a, out=wide[10:90, 10:90])
(wide[10:90, 10:90] == truth(a, a)).all() and wide.sum() - wide[10:90, 10:90].sum() == 7 * (100**2 - 80**2)
"""
    assert value(sandbox, code) == "np.True_"


def test_stacks_of_matrices_are_multiplied_one_by_one(sandbox):
    code = """
a, b = matrix(2, 3, 70, 80), matrix(3, 80, 75)
c, d = a @ b, np.matmul(b.swapaxes(1, 2), a.swapaxes(2, 3))
all((c[i, j] == truth(a[i, j], b[j])).all() and (d[i, j] == c[i, j].T).all() for i in range(2) for j in range(3))
"""
    assert value(sandbox, code) == "True"


def test_small_and_odd_ones_stay_numpys(sandbox):
    code = """
shapes = [(1, 300, 300), (300, 1, 300), (300, 300, 1), (7, 900, 900), (3, 3, 3), (0, 80, 80), (80, 0, 80), (80, 80, 0)]
[s for s in shapes for a, b in [(matrix(*s[:2]), matrix(*s[1:]))] if not (a @ b == truth(a, b)).all()]
"""
    assert value(sandbox, code) == "[]"


def test_openblas_multiplies(sandbox):
    # It adds up in another order than numpy's loop does, so the last bits tell who it was.
    code = """
a, b = random.random((2, 200, 200))
own, blas = spread(a) @ spread(b), a @ b
np.allclose(own, blas, rtol=1e-13, atol=0), (own != blas).mean() > 0.1, (own == spread(a).dot(spread(b))).all()
"""
    assert value(sandbox, code) == "(True, np.True_, np.True_)"


def test_every_way_to_ask_for_a_product_is_quick(sandbox):
    code = """
a, b = random.random((2, 200, 200))
blas = a @ b
ways = {
    "dot": np.dot(a, b), "method": a.dot(b),
    "multi_dot": np.linalg.multi_dot([a, b]), "tensordot": np.tensordot(a, b, 1),
    "matrix_power": np.linalg.matrix_power(a, 2) + blas - a @ a, "einsum": np.einsum("ij,jk->ik", a, b, optimize=True),
}
[name for name, c in ways.items() if not np.allclose(c, blas, rtol=1e-15, atol=1e-12)], [
    name for name in ("dot", "method", "multi_dot", "tensordot") if (ways[name] != blas).any()]
"""
    assert value(sandbox, code) == "([], [])"


def test_dot_of_all_else_is_what_it_was(sandbox):
    code = """
a, b = matrix(100, 90), matrix(100, 90)
v, out = matrix(90), np.empty((100, 100))
errors = []
for f in (np.dot, np.ndarray.dot):
    try:
        f(a, b)
    except ValueError as error:
        errors.append(str(error))
checks = [
    (np.dot(a, b.T, out=out) == truth(a, b.T)).all() and (a.dot(b.T, out) == out).all(),
    (a.dot(v) == truth(a, v)).all() and v.dot(v) == truth(v, v) and np.dot(3, 4) == 12,
    (np.dot(a=a.astype(complex), b=b.T) == truth(a, b.T)).all(),
    np.dot(a.astype(int), b.T.astype(int)).dtype == np.int64,
    type(np.dot(np.matrix(a), np.matrix(b.T))) is np.matrix and type(np.ma.array(a).dot(b.T)).__name__,
    np.dot([[1.0, 2.0]], [[3.0], [4.0]]).tolist(),
]
checks, set(errors), np.dot.__name__, np.dot.__doc__[:6]
"""
    assert value(sandbox, code) == (
        "([np.True_, np.True_, np.True_, True, 'MaskedArray', [[11.0]]], "
        "{'shapes (100,90) and (100,90) not aligned: 90 (dim 1) != 100 (dim 0)'}, 'dot', 'dot(a,')"
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_product_with_its_own_transpose_is_symmetric_to_the_last_bit(sandbox, dtype):
    code = f"""
a = random.standard_normal((150, 110)).astype("{dtype}")
c = np.cov(a)
[(m == m.T).all() for m in (a @ a.T, a.T @ a, np.dot(a.T, a), np.matmul(a, a.T, out=np.empty_like(a @ a.T).T), c)]
"""
    assert value(sandbox, code) == "[np.True_, np.True_, np.True_, np.True_, np.True_]"


def test_nan_and_infinity_pass_on(sandbox):
    code = """
a, b = matrix(80, 80), matrix(80, 80)
a[3, 4], b[5, 6] = np.nan, np.inf
c, own = a @ b, spread(a) @ spread(b)
((c == own) | np.isnan(c) & np.isnan(own)).all(), np.isnan(c).sum() >= 80
"""
    assert value(sandbox, code) == "(np.True_, np.True_)"


def test_without_memory_for_openblas_numpy_multiplies():
    # OpenBLAS would wait for ever for its 32 MiB.
    limits = ResourceLimits(memory_bytes=80_000_000, time_s=20)
    with Sandbox(isolation="inline", limits=limits) as sandbox:
        assert sandbox.run(PREPARE).status == "ok"
        code = "full = bytearray(40_000_000); a = matrix(100, 100); (a @ a == truth(a, a)).all()"
        assert value(sandbox, code) == "np.True_"
        code = "del full; b = random.random((300, 300)); (b @ b == spread(b) @ spread(b)).all()"
        assert value(sandbox, code) == "np.False_"


@pytest.mark.parametrize("image", ["plain", "science"])
def test_other_images_have_it_too(image):
    with Sandbox(isolation="inline", image=image, limits=ResourceLimits(time_s=60)) as sandbox:
        assert sandbox.run(PREPARE).status == "ok"
        code = "b = random.random((300, 300)); (b @ b == spread(b) @ spread(b)).all()"
        assert value(sandbox, code) == "np.False_"
        code = "import scipy.linalg; np.allclose(scipy.linalg.blas.dgemm(1.0, b, b), b @ b)"
        assert value(sandbox, code) == "True"


def test_numpy_may_be_loaded_anew(sandbox):
    code = """
import importlib, warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    importlib.reload(np)
a = matrix(100, 100)
(a @ a == truth(a, a)).all() and (np.dot(a, a) == a @ a).all()
"""
    assert value(sandbox, code) == "np.True_"
