"""New arrays, and what takes lists of integers in their place; see ``integers``."""

import sys

import numpy as np
from numpy._core import arrayprint, getlimits, multiarray, numerictypes

from offline_ci_guest.integers import NARROW, WIDE, Changeable, are_pythons, asks_for_program, is_program, put, widened

# Where these take their type.
_OF_TYPE = {
    **dict.fromkeys(["empty", "empty_like", "identity", "ones", "ones_like", "zeros", "zeros_like"], 1),
    **dict.fromkeys(["astype", "frombuffer", "fromfile", "fromiter", "fromstring", "genfromtxt", "loadtxt"], 1),
    **dict.fromkeys(["cumprod", "cumsum", "fromfunction", "full_like", "prod", "sum"], 2),
    **dict.fromkeys(["eye", "tri"], 3),
    **dict.fromkeys(["geomspace", "linspace", "logspace"], 5),
}
# The same, then where these take values, and by what name.
_OF_VALUES = {
    **dict.fromkeys(["asanyarray", "asarray", "ascontiguousarray", "asfortranarray"], (1, 0, "a")),
    "array": (1, 0, "object"),
    "full": (2, 1, "fill_value"),
}
# What may be given lists of numbers in the place of arrays.
_OF_LIST = [
    "cumprod", "cumsum", "delete", "diag", "diff", "flip", "insert", "repeat", "reshape", "roll", "sort", "tile",
    "unique", "vander",
]  # fmt: skip
_OF_TWO_LISTS = [
    "append", "convolve", "correlate", "cross", "dot", "inner", "kron", "outer", "polyval", "tensordot", "vdot",
]  # fmt: skip
_OF_SEQUENCES = ["column_stack", "concatenate", "dstack", "hstack", "stack", "vstack"]
_LISTS = (list, tuple, range)


def _astype(original):
    def astype(self, dtype, *args, **kwargs):
        if dtype is int and is_program(sys._getframe(1)):
            dtype = WIDE
        return original(self, dtype, *args, **kwargs)

    return astype


def _retyped(args, kwargs, position):
    if len(args) > position:
        return (*args[:position], WIDE, *args[position + 1 :])
    kwargs["dtype"] = WIDE
    return args


def _of_type(original, position):
    def create(*args, **kwargs):
        dtype = args[position] if len(args) > position else kwargs.get("dtype")
        if dtype is int and is_program(sys._getframe(1)):
            args = _retyped(args, kwargs, position)
        return original(*args, **kwargs)

    return create


def _of_values(original, position, where, name):
    def create(*args, **kwargs):
        dtype = args[position] if len(args) > position else kwargs.get("dtype")
        if dtype is int and is_program(sys._getframe(1)):
            args = _retyped(args, kwargs, position)
        result = original(*args, **kwargs)
        if dtype is None and getattr(result, "dtype", None) is NARROW:
            values = args[where] if len(args) > where else kwargs.get(name)
            if are_pythons(values) and asks_for_program(sys._getframe(1)):
                return widened(result)
        return result

    return create


def _are_ints(args):
    for arg in args:  # noqa: SIM110 - half the time
        if type(arg) is not int:
            return False
    return True


def _arange(original):
    def arange(*args, **kwargs):
        dtype = args[3] if len(args) > 3 else kwargs.get("dtype")
        if (dtype is int or (not kwargs and _are_ints(args))) and is_program(sys._getframe(1)):
            args = _retyped(args, kwargs, 3)
        result = original(*args, **kwargs)
        if dtype is None and getattr(result, "dtype", None) is NARROW and is_program(sys._getframe(1)):
            return widened(result)
        return result

    return arange


def _indices(original):
    def indices(dimensions, dtype=int, sparse=False):
        if dtype is int and is_program(sys._getframe(1)):
            dtype = WIDE
        return original(dimensions, dtype, sparse)

    return indices


def _where(original):
    def where(*args, **kwargs):
        result = original(*args, **kwargs)
        is_indices = isinstance(result, tuple)
        is_new = len(args) == 3 and are_pythons(args[1]) and are_pythons(args[2])
        return widened(result) if (is_indices or is_new) and is_program(sys._getframe(1)) else result

    return where


def _array_of(values):
    is_list = isinstance(values, _LISTS) and are_pythons(values)
    return widened(multiarray.asarray(values)) if is_list else values


def _of_list(original):
    def call(*args, **kwargs):
        if args and isinstance(args[0], _LISTS) and is_program(sys._getframe(1)):
            args = (_array_of(args[0]), *args[1:])
        return original(*args, **kwargs)

    return call


def _of_two_lists(original):
    def call(*args, **kwargs):
        if len(args) > 1 and isinstance(args[0], _LISTS) | isinstance(args[1], _LISTS) and is_program(sys._getframe(1)):
            args = (*map(_array_of, args[:2]), *args[2:])
        return original(*args, **kwargs)

    return call


def _of_sequences(original):
    def call(*args, **kwargs):
        result = original(*args, **kwargs)
        is_narrow = getattr(result, "dtype", None) is NARROW
        if is_narrow and args and are_pythons(args[0]) and is_program(sys._getframe(1)):
            return widened(result)
        return result

    return call


# --- what else says int


def _issubdtype(original):
    def issubdtype(arg1, arg2):
        if is_program(sys._getframe(1)):
            arg1, arg2 = (np.int64 if arg is int else arg for arg in (arg1, arg2))
        return original(arg1, arg2)

    return issubdtype


def _iinfo(original):
    def init(self, int_type):
        original(self, np.int64 if int_type is int and is_program(sys._getframe(1)) else int_type)

    return init


def _vectorized(original):
    def types(self, func, args):
        ufunc, codes = original(self, func, args)
        if self.otypes is None and asks_for_program(sys._getframe(1)):
            codes = codes.replace(NARROW.char, WIDE.char)
        return ufunc, codes

    return types


def install(module):
    """Into ``numpy``."""
    for name, position in _OF_TYPE.items():
        put(module, name, _of_type, position)
    for name, places in _OF_VALUES.items():
        put(module, name, _of_values, *places)
    for names, make in ((_OF_LIST, _of_list), (_OF_TWO_LISTS, _of_two_lists), (_OF_SEQUENCES, _of_sequences)):
        for name in names:
            put(module, name, make)
    for name, make in {"arange": _arange, "indices": _indices, "issubdtype": _issubdtype, "where": _where}.items():
        put(module, name, make)
    with Changeable(module.ndarray):
        put(module.ndarray, "astype", _astype)
    put(module.vectorize, "_get_ufunc_and_otypes", _vectorized)
    put(getlimits.iinfo, "__init__", _iinfo)
    numerictypes.sctypeDict.update({"int": np.int64, "uint": np.uint64})
    # Not in the place of the narrow type, which is what all results of packages are.
    arrayprint._typelessdata.append(np.int64)
