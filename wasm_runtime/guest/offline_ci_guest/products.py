"""Large products of float matrices through OpenBLAS; numpy itself was built without a BLAS.

scipy brings OpenBLAS. ``libproducts.wat`` says what is for it; ``@`` and ``np.matmul`` ask there, and ``dot`` is theirs
where it means the same.
"""

import ctypes
import functools
import os

import numpy as np
from numpy._core import _multiarray_umath

from offline_ci_guest.integers import Changeable, put

_OPENBLAS = f"{np.__path__[0].removesuffix('numpy')}scipy.libs/libopenblas.so"
_LOOPS = {"double_matmul": np.dtype(np.double).num, "float_matmul": np.dtype(np.single).num}
_REPLACE_LOOP = 30
"""``PyUFunc_ReplaceLoopBySignature`` among numpy's functions. Source: numpy 2.4 ``__ufunc_api.h``."""
_LARGE = 40 * 40
"""``dot`` of less than that many numbers stays as it is: asking would take longer than multiplying."""


def _address(function):
    return ctypes.cast(function, ctypes.c_void_p).value


@functools.cache  # numpy may be loaded anew, and has the same loops then
def _replace_loops():
    if not os.path.exists(_OPENBLAS):  # a runtime without scipy
        return
    # scipy's libraries find it under its name, as they would had scipy loaded it.
    ctypes.CDLL(_OPENBLAS, ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(f"{__file__.rpartition('/')[0]}/libproducts.so")
    get_pointer = ctypes.PYFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    functions = get_pointer(_multiarray_umath._UFUNC_API, None)  # noqa: SLF001 - numpy's name for its C API
    replace = ctypes.PYFUNCTYPE(
        ctypes.c_int, ctypes.py_object, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_void_p)
    )(functions[_REPLACE_LOOP])
    own = []
    for name, number in _LOOPS.items():
        loop = ctypes.c_void_p()
        signature = (ctypes.c_int * 3)(number, number, number)
        if replace(np.matmul, _address(getattr(library, name)), signature, ctypes.byref(loop)) != 0:
            raise SystemError(f"numpy has no loop of matmul to put {name} in the place of")
        own.append(loop)
    library.set_own_loops(*own)


def _dot(original):
    matmul, ndarray = np.matmul, np.ndarray

    def dot(a, b, out=None):
        if (
            type(a) is ndarray
            and type(b) is ndarray
            and a.size >= _LARGE
            and b.size >= _LARGE
            and a.ndim == b.ndim == 2
            and a.dtype.kind == b.dtype.kind == "f"
            and a.shape[1] == b.shape[0]
            and out is None
        ):
            return matmul(a, b)
        return original(a, b, out)

    return dot


def install(module):
    """Into ``numpy``."""
    _replace_loops()
    put(module, "dot", _dot)
    with Changeable(module.ndarray):
        put(module.ndarray, "dot", _dot)
