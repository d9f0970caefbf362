# --- create
import numpy as np
print(np.zeros((2, 3)), np.ones(3, dtype=np.uint8), np.linspace(0, 1, 5), np.eye(2), np.full((2,), 7.5), np.arange(0, 1, 0.25), np.array([[1, 2], [3, 4]]).shape)

# --- default_integers
import numpy as np
print(np.arange(3).dtype, np.array([1, 2]).dtype, np.int_, np.array([2**40]).dtype, np.zeros(2, int).dtype)

# --- large_sums
import numpy as np
print(np.arange(100_000).sum(), (np.arange(5) * 1_000_000_000).sum(), np.array([2_000_000_000, 2_000_000_000]).sum(), np.arange(70000)[-1] ** 2)

# --- sums_of_narrow_integers
import numpy as np
a = np.array([2**31 - 1] * 3, np.int32)
print(a.sum(), np.sum(a), a.sum(axis=0), a.reshape(1, 3).sum(axis=1, keepdims=True), a.prod(), np.prod(a[:2]), a.cumsum(), np.cumsum(a), np.cumprod(a[:2]), np.nansum(a), np.nancumsum(a, axis=0), np.trace(np.diag(a)), np.cumulative_sum(a), np.ma.masked_array(a, [0, 1, 0]).sum(), np.sum([2**31 - 1] * 3), np.prod(range(1, 21)))
print(*(x.dtype for x in (a.sum(), np.uint8([255]).sum(), np.uint32([1]).cumsum(), np.array([True]).sum(), np.array([True]).cumsum(), np.int8([1]).prod(), a.sum(dtype=np.int16), a.cumsum(dtype=np.int32), np.float32([1]).sum(), np.sum([True]), np.int16(3).sum())))
out = np.zeros((), np.int32)
print(a.sum(out=out), out, a.sum(where=[True, False, True]), a.sum(initial=1), np.sum(a, initial=1, where=a < 0), np.sum(np.zeros((0, 2), np.int8), axis=0))

# --- integers_of_python
import numpy as np
print(*(x.dtype for x in (np.array(5), np.array([[1], [2]]), np.array((1, True)), np.array(range(3)), np.asarray([1]), np.full(2, 7), np.full((1,), [3]), np.arange(2, 9, 3), np.arange(start=1, stop=3), np.arange(np.int8(3)), np.where([True, False], 1, 0), np.vstack(([1], [2])), np.append([1], 2), np.tile([1], 2), np.sort([2, 1]), np.ma.array([1]), np.array([np.int32(1)]), np.array([np.int16(1), 2]), np.array([], int))))
print(np.array([1, 2, 3]) * 10**9, np.arange(1, 5) ** 20, np.dot([50000], [50000]), np.outer([50000], [1, 50000]), np.cumprod([1000] * 4), np.diff([-2**31, 2**31 - 1]), np.vectorize(lambda x: x * 10**9)([1, 5]), np.polyval([10**9, 0, 0], 10), np.array([2**31 - 1]) + 1, np.array([[1, 2], [3, 4]]) @ np.array([10**9, 10**9]), -np.array([2**31]))

# --- int_as_a_type
import numpy as np
print(np.zeros(2, int).dtype, np.zeros(2, "int").dtype, np.ones(1, dtype=int).dtype, np.eye(1, dtype=int).dtype, np.empty(1, int).dtype, np.array([3e9]).astype(int), np.array(["3000000000"]).astype(int), np.float64(3e9).astype(int), np.linspace(0, 4e9, 3, dtype=int), np.fromiter([3_000_000_000], int), np.array([1.5], dtype=int), np.full(2, 3e9, dtype=int), np.iinfo(int).max, np.issubdtype(np.array([1]).dtype, int), np.indices((1, 2)).dtype, np.sum([1.5], dtype=int), np.frombuffer(bytes(16), dtype=int), np.array([1.0]).astype(dtype=int), np.zeros_like([1.5], dtype=int))
np.array(["x"]).astype(int)

# --- indices_and_counts
import numpy as np
a = np.array([3, 1, 2])
print([np.argmax(a)], [a.argmin()], np.where(a > 1), a.nonzero(), np.unique([1, 1, 2], return_counts=True), np.bincount(a) * 3_000_000_000, np.argsort(a).dtype, np.searchsorted([1, 2], [2]).dtype, np.histogram([1, 2, 1], 2), np.digitize([0.5], [1]).dtype, np.flatnonzero(a).dtype, np.argwhere(a > 2), np.lexsort((a, a)).dtype, a.argmax(axis=0), a.argpartition(1).dtype)
print(np.repeat(a, a), a.repeat(a), np.repeat([1, 2], 2), np.take(a, a - 1), a[a - 1], np.choose(np.array([0, 1]), [[1, 2], [3, 4]]), np.add.reduceat(np.arange(8), np.array([0, 4])), np.split(np.arange(6), np.array([2, 4])), np.insert(a, a, 0), np.delete(a, np.array([0])), np.unravel_index(np.array([3, 5]), (2, 3)), np.searchsorted(a, 2, sorter=a.argsort()), np.partition(a, np.array([1]))[1])
np.put(a, np.array([0]), [9])
print(a, a.argsort() * 10**12)
np.repeat(a, -a)

# --- random_legacy_large_integers
import numpy as np
np.random.seed(0)
print(np.random.randint(0, 10**12, 3), type(np.random.randint(5)), np.random.randint(0, 5, 2).dtype, np.random.poisson(3, 2), np.random.binomial(9, 0.5, 2).dtype, np.random.RandomState(1).randint(0, 10**10, 2), np.random.choice(3, 2).dtype, np.random.permutation(3).dtype, np.random.RandomState(1).choice([1.5, 2.5]), np.random.randint(3, size=1, dtype=np.int8).dtype, np.random.multinomial(5, [0.5, 0.5]))
np.random.randint(5, 2)

# --- indexing
import numpy as np
a = np.arange(12.0).reshape(3, 4)
print(a[1], a[:, 2], a[a > 5], a[[0, 2], [1, 3]], a[::2, ::-1], a[..., -1], a.T.shape, np.where(a > 5, a, 0)[2])
a[1:, :2] = -1
print(a)

# --- index_out_of_bounds
import numpy as np
np.zeros((2, 3))[2, 0]

# --- broadcasting
import numpy as np
print(np.arange(3.0)[:, None] + np.arange(2.0), np.ones((2, 3)) * [1, 2, 3], np.add.outer([1.0, 2], [10, 20]))

# --- shapes_do_not_fit
import numpy as np
np.ones((2, 3)) + np.ones((3, 2))

# --- reshape_does_not_fit
import numpy as np
np.arange(6).reshape(4, 2)

# --- inhomogeneous
import numpy as np
np.array([[1, 2], [3]])

# --- reductions
import numpy as np
a = np.array([[1.5, 2, 3], [4, 5, 6]])
print(a.sum(), a.mean(axis=0), a.std(), a.min(axis=1), a.argmax(), np.median(a), np.percentile(a, [25, 50]), a.cumsum(), a.prod(), np.ptp(a), np.var(a, ddof=1))

# --- sorting
import numpy as np
a = np.array([3.5, 1, 2, 1])
print(np.sort(a), np.argsort(a, kind="stable"), np.unique(a, return_counts=True), np.searchsorted([1, 2, 3], 2.5), np.partition(a, 1)[0], np.lexsort(([1, 0, 1], [2, 1, 1])))

# --- stacking
import numpy as np
a, b = np.array([1.0, 2]), np.array([3.0, 4])
print(np.concatenate([a, b]), np.vstack([a, b]), np.hstack([a, b]), np.stack([a, b], 1), np.split(np.arange(6.0), 3), np.tile(a, 2), np.repeat(a, 2), np.pad(a, 1), np.roll(b, 1), np.flip(a))

# --- concatenate_mismatch
import numpy as np
np.vstack([np.ones(2), np.ones(3)])

# --- linear_algebra
import numpy as np
a = np.array([[2.0, 1], [1, 3]])
print(np.linalg.solve(a, [1, 2]).round(10), np.linalg.inv(a).round(10), round(np.linalg.det(a), 10), a @ a, np.linalg.eigvalsh(a).round(10), np.linalg.norm(a).round(10), np.trace(a), np.linalg.matrix_rank(a))

# --- matmul_mismatch
import numpy as np
np.ones((2, 3)) @ np.ones((2, 3))

# --- not_square
import numpy as np
np.linalg.inv(np.ones((2, 3)))

# --- math_functions
import numpy as np
x = np.array([0.1, 1.0, 2.5])
print(np.sin(x).round(12), np.exp(x).round(10), np.log1p(x).round(12), np.sqrt(x).round(12), np.tanh(x).round(12), np.arctan2(x, 1).round(12), np.floor(-x), np.rint(x), np.clip(x, 0.5, 2), np.hypot(3, 4), np.cbrt(27.0))

# --- nan_handling
import numpy as np
a = np.array([1, np.nan, 3])
print(a.sum(), np.nansum(a), np.nanmean(a), np.isnan(a), np.nan_to_num(a), np.isfinite(a), np.array([np.inf, -np.inf]), np.nanmax(a))

# --- divide_by_zero
import numpy as np, warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(np.array([1.0, -1, 0]) / 0)
    print([str(x.message) for x in w])

# --- integer_divide_by_zero
import numpy as np, warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(np.array([1, 2], np.int32) // 0, len(w))

# --- errstate
import numpy as np
with np.errstate(divide="raise"):
    np.array([1.0]) / 0

# --- dtypes
import numpy as np
print(np.array([1, 2.5]).dtype, np.array(["a", "bcd"]).dtype, np.array([True]).dtype, np.array([1j]).dtype, np.int8(100) + np.int8(20), np.uint8([250]) + np.uint8(10), np.float32(0.1), np.float16(1 / 3), np.result_type(np.int16, np.float32), np.finfo(np.float32).eps, np.iinfo(np.int16).max)

# --- integer_out_of_bounds
import numpy as np
np.array([300], dtype=np.uint8)

# --- casting
import numpy as np
print(np.array([1.9, -1.9]).astype(np.int8), np.array(["1.5", "2"]).astype(float), np.array([0, 1, 2]).astype(bool), np.array([1, 2]).astype(str))
a = np.array([1, 2], np.int16)
a += 1.5

# --- structured
import numpy as np
a = np.array([("ann", 30, 1.5), ("bob", 25, 2.5)], dtype=[("name", "U5"), ("age", "i2"), ("x", "f4")])
print(a["age"].mean(), a[a["age"] > 26]["name"], np.sort(a, order="age")[0], a.dtype, a.itemsize)

# --- random_generator
import numpy as np
r = np.random.default_rng(42)
print(r.random(3), r.integers(0, 10, 5), r.normal(size=2).round(12), r.choice(["a", "b", "c"], 4), r.permutation(5), r.shuffle(np.arange(3)))

# --- random_legacy
import numpy as np
np.random.seed(0)
print(np.random.rand(2), np.random.randn(2).round(12), np.random.uniform(1, 2, 2))

# --- random_legacy_integers
import numpy as np
np.random.seed(0)
print(np.random.randint(0, 100, 5), np.random.choice(10, 3), np.random.permutation(5))

# --- printing
import numpy as np
print(np.arange(2000.0), np.array([1e-10, 1.0]), np.array([1.123456789, 100.5]), repr(np.array([[1.0, 2]])), np.array2string(np.array([1 / 3]), precision=3), np.float64(0.1), repr(np.float64(0.1)), [np.float32(1)], np.array([]), np.array(5.0))
np.set_printoptions(precision=2, suppress=True)
print(np.array([1.23456, 1e-9]))

# --- printing_integers
import numpy as np
print(repr(np.array([1, 2, 3])), repr(np.array([1, 2], dtype=np.int64)), repr(np.int64(5)), repr(np.arange(2)))

# --- files
import io, numpy as np
a = np.array([[1.5, 2], [3, 4]])
np.save("a.npy", a)
np.savez("a.npz", x=a, y=a.T)
np.savetxt("a.csv", a, delimiter=",", fmt="%.2f", header="h")
print(np.load("a.npy"), sorted(np.load("a.npz")), open("a.csv").read(), np.loadtxt("a.csv", delimiter=","), np.genfromtxt(io.StringIO("1,,3"), delimiter=","), np.fromstring("1 2", sep=" "), a.tobytes()[:8], np.frombuffer(b"\1\0\2\0", "<u2"))

# --- loadtxt_bad
import io, numpy as np
np.loadtxt(io.StringIO("1 2\n3 x"))

# --- fft_and_polynomials
import numpy as np
print(np.abs(np.fft.fft([1.0, 0, -1, 0])).round(10), np.fft.rfftfreq(4), np.polyfit([0, 1, 2], [1, 3, 7], 2).round(10), np.polyval([1, 2, 3], 2.0), np.roots([1, -3, 2]).round(10), np.convolve([1, 2, 3.0], [0, 1, 0.5]), np.interp(1.5, [1, 2], [10, 20]), np.gradient([1.0, 4, 9]), np.trapezoid([1.0, 2, 3]))

# --- datetime64
import numpy as np
d = np.array(["2024-01-31", "2024-03-01"], dtype="datetime64[D]")
print(d[1] - d[0], d + np.timedelta64(1, "D"), d.astype("datetime64[M]"), np.datetime64("2024-05-06T07:08"), np.busday_count("2024-01-01", "2024-02-01"), np.is_busday("2024-01-06"), np.datetime64("NaT"))

# --- sets_and_strings
import numpy as np
print(np.intersect1d([1, 2, 3], [2, 3, 4]), np.union1d([1], [2]), np.isin([1, 5], [5]), np.char.upper(["a", "b"]), np.strings.add(["a"], ["b"]), np.setdiff1d([1, 2], [2]))

# --- vectorize_and_apply
import numpy as np
print(np.vectorize(lambda x: f"<{x}>")(["a", "b"]), np.apply_along_axis(lambda r: r[::-1], 1, np.array([[1.0, 2], [3, 4]])), np.fromiter((x * x for x in range(4)), float), np.fromfunction(lambda i, j: i + j, (2, 2)))

# --- einsum_and_histogram
import numpy as np
a = np.arange(6.0).reshape(2, 3)
print(np.einsum("ij,kj->ik", a, a), np.histogram([1, 2, 1, 5], bins=[0, 2, 4, 6])[0].tolist(), np.bincount([0, 1, 1, 3]).tolist(), np.digitize([0.5, 2.5], [1, 2, 3]).tolist(), np.corrcoef([1, 2, 3.0], [2, 4, 7]).round(10), np.meshgrid([1.0, 2], [3.0, 4])[0])

# --- truth_value
import numpy as np
if np.array([1, 2]) == np.array([1, 2]): pass

# --- masked
import numpy as np
m = np.ma.masked_array([1.0, 2, 3], mask=[0, 1, 0])
print(m, m.mean(), m.filled(-1), m.compressed(), np.ma.masked_where(np.array([1.0, 5]) > 2, [1.0, 5]))

# --- testing
import numpy as np
np.testing.assert_allclose([1.0, 2.0], [1.0, 2.1], rtol=1e-3)

# --- memory
import numpy as np
a = np.zeros((100, 100))
b = a[::2]
print(a.nbytes, b.base is a, b.flags["C_CONTIGUOUS"], a.strides, np.shares_memory(a, b), np.ascontiguousarray(b).strides, a.itemsize)

# --- too_much_memory
import numpy as np
np.zeros(10**13)
