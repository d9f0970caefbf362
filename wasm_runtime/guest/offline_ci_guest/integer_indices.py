"""Indices and counts: given in 64 bits, taken in 64 bits; see ``integers``."""

import sys

from numpy._core import multiarray

from offline_ci_guest.integers import NARROW, WIDE, Changeable, calls_method, is_program, put, widened

_TAKING = ["put", "repeat"]
_GIVING = ["argmax", "argmin", "argpartition", "argsort", "nonzero"]
_GIVING_FUNCTIONS = [
    "argwhere", "bincount", "count_nonzero", "digitize", "flatnonzero", "lexsort", "nanargmax", "nanargmin",
    "ravel_multi_index", "unravel_index",
]  # fmt: skip


def narrowed(indices):
    """Indices in the width that numpy's compiled code can count in; those that do not fit stay, and are refused."""
    if getattr(indices, "dtype", None) != WIDE:
        return indices
    wide = multiarray.asanyarray(indices)
    narrow = wide.astype(NARROW)
    return narrow if (narrow == wide).all() else indices


def _of_indices(original):
    def method(self, indices, *args, **kwargs):
        return original(self, narrowed(indices), *args, **kwargs)

    return method


def _choose(original):
    def choose(self, *args, **kwargs):
        return original(narrowed(self), *args, **kwargs)

    return choose


def _searchsorted(original):
    def searchsorted(self, v, side="left", sorter=None):
        found = original(self, v, side, narrowed(sorter))
        return widened(found) if calls_method(sys._getframe(1)) else found

    return searchsorted


def _reduceat(original):
    def reduceat(self, array, indices, *args, **kwargs):
        return original(self, array, narrowed(indices), *args, **kwargs)

    return reduceat


# --- given


def _giving(original):
    def method(self, *args, **kwargs):
        out = args[1] if len(args) > 1 else kwargs.get("out")
        if getattr(out, "dtype", None) == WIDE:
            args, kwargs = args[:1], {name: value for name, value in kwargs.items() if name != "out"}
            out[...] = original(self, *args, **kwargs)
            return out
        found = original(self, *args, **kwargs)
        is_given = kwargs.get("out") is None and calls_method(sys._getframe(1))
        return widened(found) if is_given else found

    return method


def _giving_function(original):
    def function(*args, **kwargs):
        found = original(*args, **kwargs)
        return widened(found) if is_program(sys._getframe(1)) else found

    return function


def _unique(original):
    def unique(*args, **kwargs):
        found = original(*args, **kwargs)
        if isinstance(found, tuple) and is_program(sys._getframe(1)):
            return (found[0], *widened(found[1:]))
        return found

    return unique


def _histogram(original):
    def histogram(*args, **kwargs):
        counts, edges = original(*args, **kwargs)
        return (widened(counts) if is_program(sys._getframe(1)) else counts), edges

    return histogram


def install(module):
    """Into ``numpy``."""
    for name in _GIVING_FUNCTIONS:
        put(module, name, _giving_function)
    put(module, "unique", _unique)
    put(module, "histogram", _histogram)
    with Changeable(module.ndarray):
        for name in _TAKING:
            put(module.ndarray, name, _of_indices)
        for name in _GIVING:
            put(module.ndarray, name, _giving)
        put(module.ndarray, "searchsorted", _searchsorted)
        put(module.ndarray, "choose", _choose)
    with Changeable(module.ufunc):
        put(module.ufunc, "reduceat", _reduceat)


def install_pandas(module):
    """Into ``pandas._libs.arrays``, whose compiled ``repeat`` gives numpy what it is given."""
    with Changeable(module.NDArrayBacked):
        put(module.NDArrayBacked, "repeat", _of_indices)
