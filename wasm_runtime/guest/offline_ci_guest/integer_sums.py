"""Sums and products of integers; see ``integers``."""

import sys

import numpy as np
from numpy._core import _methods, fromnumeric, multiarray

from offline_ci_guest.integers import WIDE, Changeable, asks_for_program, put

_SUMS = {np.dtype(code).num: np.dtype(np.uint64) if code in "BHIL" else WIDE for code in "?bhilBHIL"}
"""What numbers of a type, by its number, are summed in where a pointer has 64 bits."""
_NO_VALUE = np._NoValue
_add_reduce, _multiply_reduce = np.add.reduce, np.multiply.reduce


def _total(dtype, axis, frame):
    """What to sum in; a single number can do no harm, whoever asks."""
    return _SUMS[dtype.num] if axis is None or asks_for_program(frame) else None


def _sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=_NO_VALUE, where=True):
    if dtype is None and out is None and a.dtype.num in _SUMS:
        dtype = _total(a.dtype, axis, sys._getframe(1))
    return _add_reduce(a, axis, dtype, out, keepdims, initial, where)


def _prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=_NO_VALUE, where=True):
    if dtype is None and out is None and a.dtype.num in _SUMS:
        dtype = _total(a.dtype, axis, sys._getframe(1))
    return _multiply_reduce(a, axis, dtype, out, keepdims, initial, where)


def _reduction(original):
    """For ``np.sum`` and ``np.prod``, which ask no method of an array."""

    def reduction(obj, ufunc, method, axis, dtype, out, **kwargs):
        if dtype is None and out is None and (ufunc is np.add or ufunc is np.multiply):
            if not hasattr(obj, method):
                obj = multiarray.asarray(obj)
            if type(obj) is np.ndarray and obj.dtype.num in _SUMS:
                dtype = _total(obj.dtype, axis, sys._getframe(1))
        return original(obj, ufunc, method, axis, dtype, out, **kwargs)

    return reduction


def _cumulation(original):
    def cumulation(self, axis=None, dtype=None, out=None):
        if dtype is None and out is None and self.dtype.num in _SUMS:
            dtype = _total(self.dtype, 0, sys._getframe(1))
        return original(self, axis, dtype, out)

    return cumulation


def _cumulation_with_start(original):
    def cumulation(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
        x = multiarray.asanyarray(x)
        if dtype is None and out is None and x.dtype.num in _SUMS:
            dtype = _total(x.dtype, 0, sys._getframe(1))
        return original(x, axis=axis, dtype=dtype, out=out, include_initial=include_initial)

    return cumulation


def _trace(original):
    def trace(self, offset=0, axis1=0, axis2=1, dtype=None, out=None):
        if dtype is None and out is None and self.dtype.num in _SUMS:
            dtype = _total(self.dtype, None if self.ndim < 3 else 0, sys._getframe(1))
        return original(self, offset, axis1, axis2, dtype, out)

    return trace


def install(module):
    """Into ``numpy``, whose compiled methods look these two up when they are first called."""
    _methods._sum, _methods._prod = _sum, _prod
    put(fromnumeric, "_wrapreduction", _reduction)
    for name in ("cumulative_sum", "cumulative_prod"):
        put(module, name, _cumulation_with_start)
    with Changeable(module.ndarray):
        put(module.ndarray, "trace", _trace)
        for name in ("cumsum", "cumprod"):
            put(module.ndarray, name, _cumulation)
