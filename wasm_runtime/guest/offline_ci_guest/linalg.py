"""LinAlgError for numpy.linalg.

numpy learns that LAPACK failed from the processor's floating-point status, which WebAssembly has not. But its functions
fill the result of a matrix that failed with nan, so the first element of each result tells.
"""

import numpy as np

# Of these a nan in the matrix gives nan without an error, as elsewhere.
_PASS_ON = {
    **dict.fromkeys(("inv", "solve", "solve1"), "Singular matrix"),
    **dict.fromkeys(("eigh_lo", "eigh_up", "eigvalsh_lo", "eigvalsh_up"), "Eigenvalues did not converge"),
}
_RAISE = {
    **dict.fromkeys(("cholesky_lo", "cholesky_up"), "Matrix is not positive definite"),
    **dict.fromkeys(("eig", "eigvals"), "Eigenvalues did not converge"),
    **dict.fromkeys(("svd", "svd_f", "svd_s"), "SVD did not converge"),
    "lstsq": "SVD did not converge in Linear Least Squares",
}


class Checked:
    """``numpy.linalg._umath_linalg`` whose functions raise."""

    def __init__(self, module):
        for name, function in vars(module).items():
            message = _PASS_ON.get(name) or _RAISE.get(name)
            if message is not None:
                function = _checked(function, message, is_sure=name in _RAISE)  # noqa: PLW2901
            setattr(self, name, function)


def _checked(function, message, *, is_sure):
    arguments_and_results = function.signature.replace("->", ",").split("),(")
    n_in, n_core = function.nin, [part.count(",") + 1 for part in arguments_and_results]
    corner = (..., *[0] * n_core[n_in])

    def call(*arguments, **options):
        result = function(*arguments, **options)
        first = result[0] if isinstance(result, tuple) else result
        if first.size:
            found = first[corner]
            differs = found != found  # noqa: PLR0124 - as only nan does
            # For a single matrix that is one number, and nearly always no nan: then that is all.
            # ``cond`` wants infinity for what is singular: it ignores the status that the other functions have called.
            if (
                (differs.any() if found.ndim else differs)
                and np.geterr()["invalid"] == "call"
                and (is_sure or _has_failed(function, n_core, arguments, options))
            ):
                raise np.linalg.LinAlgError(message)
        return result

    return call


def _has_failed(function, n_core, arguments, options):
    """Whether a matrix of numbers has a result of nan; numpy passes nan and infinity on without an error."""
    matrix, *others = (np.asarray(argument) for argument in arguments)
    # What is solved for may have its own nan: with zeros in its place only the matrix is left.
    result = function(matrix, *(np.zeros_like(other) for other in others), **options)
    first = result[0] if isinstance(result, tuple) else result
    failed = np.isnan(first).all(axis=tuple(range(-n_core[function.nin], 0)))
    return bool((failed & np.isfinite(matrix).all(axis=(-2, -1))).any())


def install(module):
    """Into ``numpy.linalg._linalg``."""
    module._umath_linalg = Checked(module._umath_linalg)
