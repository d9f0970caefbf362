"""Programs have integers of 64 bits, as natively; packages go on with numpy's own. The corpus has what comes out."""

from pathlib import Path

import pytest

from offline_ci import ResourceLimits, Sandbox

pytestmark = pytest.mark.runtime
PACKAGES = Path(__file__).parents[1] / "data" / "guest" / "packages_with_integers.py"
WIDE = "np.arange(3).dtype == np.array([1]).dtype == np.zeros(1, int).dtype == np.int64"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(isolation="inline") as sandbox:
        sandbox.run("import numpy as np")
        yield sandbox


def test_packages_take_integers_of_64_bits():
    with Sandbox(isolation="inline", image="science", limits=ResourceLimits(time_s=200)) as sandbox:
        result = sandbox.run(PACKAGES.read_text(encoding="utf-8"))
    assert result.status == "ok", result.error


def test_without_an_image_numpy_is_changed_when_it_is_imported():
    with Sandbox(isolation="inline", image="plain", limits=ResourceLimits(time_s=60)) as sandbox:
        sandbox.run("import numpy as np, pandas as pd\na = np.int32([2**31 - 1] * 2)")
        result = sandbox.run(f"{WIDE}, a.sum(), pd.Series([3e9]).astype(int)[0]").result
        assert result == "(True, np.int64(4294967294), np.int64(3000000000))"


def test_a_module_of_the_program_is_the_program(sandbox):
    sandbox.files.write("mine.py", f"import numpy as np\ndef ask():\n    return {WIDE}\n".encode())
    assert sandbox.run("import mine; mine.ask()").result == "True"


def test_threads_and_callbacks_are_the_program(sandbox):
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as pool:
    one = list(pool.map(np.arange, [3]))
two = list(map(np.array, [[1]])), np.apply_along_axis(lambda row: np.array([row.sum()]) * 10**10, 0, np.ones(3, int))
one[0].dtype.name, two[0][0].dtype.name, two[1]
"""
    assert sandbox.run(code).result == "('int64', 'int64', array([30000000000]))"


def test_indices_of_where_are_those_of_nonzero(sandbox):
    result = sandbox.run("[x[0].dtype.name for a in [np.array([0, 1])] for x in (np.where(a), np.nonzero(a))]").result
    assert result == "['int64', 'int64']"


def test_a_package_keeps_the_default_integer(sandbox):
    # numpy's own Python stands for any package; ma hands on what the program gave.
    code = (
        "import numpy.fft; numpy.fft.fftfreq(4).dtype, np.tril_indices(2)[0].dtype == np.intp, np.ma.array([1]).dtype"
    )
    assert sandbox.run(code).result == "(dtype('float64'), True, dtype('int64'))"


def test_mistakes_raise_what_numpy_raises(sandbox):
    for code, text in {
        "np.repeat([1, 2], np.array([1, 2, 3]))": "operands could not be broadcast together with shape (2,) (3,)",
        "np.repeat([1, 2], np.array([2**40]))": "Cannot cast array data from dtype('int64') to dtype('int32')",
        "np.array([[1], [1, 2]])": "inhomogeneous shape",
        "np.sum([[1], [1, 2]])": "inhomogeneous shape",
        "np.arange()": "arange() requires stop to be specified.",
    }.items():
        error = sandbox.run(code).error
        assert error is not None, code
        assert text in error.evalue, code
        assert "offline_ci_guest" not in "".join(error.traceback)


def test_the_changed_functions_say_what_the_original_ones_say(sandbox):
    code = """
import inspect, pickle
names = [np.array.__name__, np.ndarray.cumsum.__qualname__, np.arange.__module__, np.random.randint.__name__]
parameters = list(inspect.signature(np.full).parameters)
names, 'array' in np.array.__doc__, pickle.loads(pickle.dumps(np.array)) is np.array, parameters[:2]
"""
    names = ["array", "ndarray.cumsum", "numpy", "randint"]
    assert sandbox.run(code).result == repr((names, True, True, ["shape", "fill_value"]))


def test_types_stay_unchangeable(sandbox):
    for name in ("ndarray", "ufunc", "random.RandomState"):
        assert sandbox.run(f"np.{name}.x = 1").error.ename == "TypeError"


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("np.linalg.cond(np.zeros((2, 2)), 1)", "np.float64(inf)"),
        ("np.random.binomial(np.array([0, 3]), 1.0)", "array([0, 3])"),
        ("np.array([[1, 2], [3, 4]]).argmax(0, out=np.zeros(2, int))", "array([1, 1])"),
        ("type('T', (), {'array': np.array})().array([1])", "array([1])"),
        ("np.concat is np.concatenate, np.concat([[1], [2]]).dtype.name", "(True, 'int64')"),
        ("np.array([0, 1]).view(np.matrix).choose([[1, 2], [3, 4]]).__class__.__name__", "'matrix'"),
        ("len(pd.DatetimeIndex(['2020', '2020']).union(pd.DatetimeIndex(['2020', '2021'])))", "3"),
    ],
)
def test_what_numpys_and_pandas_own_tests_found(sandbox, code, result):
    told = sandbox.run(f"import pandas as pd; {code}")
    assert told.result == result, told.error


def test_a_class_with_array_function_is_given_the_function_that_was_called(sandbox):
    code = """
class Duck:
    def __array_function__(self, function, types, args, kwargs):
        return function in {np.sum, np.concatenate, np.ones_like}
np.sum(Duck()), np.concatenate([Duck()]), np.ones_like(Duck())
"""
    assert sandbox.run(code).result == "(True, True, True)"
