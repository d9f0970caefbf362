"""Integers of 64 bits for programs that use numpy, as on other machines.

numpy's default integer is as wide as a pointer, and what does not fit wraps around without a word. So what a program
makes of Python's integers, of ``int`` and of sums has 64 bits, and so have the indices and counts that it is given.
What a package asks for stays as it is: packages, and the compiled parts of them, count on the default integer and an
index being one type. Whose code asks is told by its file.
"""

import ctypes
import functools
import types

import numpy as np
from numpy._core import fromnumeric

NARROW, WIDE = np.dtype(np.intp), np.dtype(np.int64)
_NUMPY = f"{np.__path__[0]}/"
_PACKAGES = _NUMPY.removesuffix("numpy/")
_OURS = f"{__file__.rpartition('/')[0]}/"
_FLAGS_AT = 84
"""``tp_flags`` in a type. Source: CPython 3.14 ``Include/cpython/object.h``, with pointers of 32 bits."""
_IMMUTABLE = 1 << 8
_kept = []
"""What is under a dispatcher, which counts no reference to what it is given here."""
_DISPATCHER = type(np.concatenate)
_IMPLEMENTATION_AT = 20
"""``default_impl`` in a dispatcher. Source: numpy 2.4 ``arrayfunction_override.c``, with pointers of 32 bits."""
_SEQUENCES, _INTEGERS = (list, tuple), frozenset({int, range})
_astype = np.ndarray.astype
"""As long as it is numpy's own, which takes half the time of ours."""


def is_program(frame, see_through=(_OURS,)):
    """Whether a frame is of the program, not of a package."""
    while frame is not None and frame.f_code.co_filename.startswith(see_through):
        frame = frame.f_back
    return frame is None or not frame.f_code.co_filename.startswith(_PACKAGES)


def calls_method(frame):
    """The same where a function of numpy that only calls the array's method may stand between."""
    return is_program(frame, (_OURS, fromnumeric.__file__))


def asks_for_program(frame):
    """The same where any of numpy's own Python may stand between."""
    return is_program(frame, (_OURS, _NUMPY))


def are_pythons(values):
    """Whether there are Python's integers in it, in lists or not: the first or the last one is looked at."""
    first = last = values
    while isinstance(first, _SEQUENCES) and first:
        first = first[0]
    if type(first) in _INTEGERS:
        return True
    while isinstance(last, _SEQUENCES) and last:
        last = last[-1]
    return type(last) in _INTEGERS


def widened(found):
    """An array or a number of 64 bits, where it was of numpy's default integers; or a tuple of such."""
    if isinstance(found, tuple):
        return tuple(map(widened, found))
    if getattr(found, "dtype", None) is not NARROW:
        return found
    return _astype(found, WIDE) if isinstance(found, np.ndarray) else np.int64(found)


class _Unbound(staticmethod):
    """A function that, like those in C, does not become a method where it is an attribute of a class."""

    def __reduce__(self):
        return self.__qualname__


def put(owner, name, make, *arguments):
    """``owner.name`` becomes what ``make`` makes of it."""
    original = getattr(owner, name)
    if type(original) is _DISPATCHER:
        _put_under(original, make, arguments)
        return
    function = functools.update_wrapper(make(original, *arguments), original)
    is_unbound = not isinstance(owner, type) and isinstance(original, types.BuiltinFunctionType)
    setattr(owner, name, _Unbound(function) if is_unbound else function)


def _put_under(dispatcher, make, arguments):
    """The function stays what it is to ``__array_function__``; only what it does for numpy's own arrays changes."""
    done = dispatcher._implementation
    slot = ctypes.c_uint32.from_address(id(dispatcher) + _IMPLEMENTATION_AT)
    if slot.value != id(done):
        raise SystemError("the layout of numpy's functions has changed")
    function = functools.update_wrapper(make(done, *arguments), done)
    _kept.append((function, done))
    slot.value = id(function)


class Changeable:
    """A class of an extension, in which attributes can be set as in any other."""

    def __init__(self, owner):
        self._flags = ctypes.c_uint32.from_address(id(owner) + _FLAGS_AT)
        if self._flags.value != owner.__flags__ & 0xFFFFFFFF:
            raise SystemError("the layout of types has changed")

    def __enter__(self):
        self._flags.value &= ~_IMMUTABLE

    def __exit__(self, *_exc):
        self._flags.value |= _IMMUTABLE


def install(module):
    """Into ``numpy``."""
    from offline_ci_guest import integer_arrays, integer_indices, integer_sums

    integer_sums.install(module)
    integer_arrays.install(module)
    integer_indices.install(module)


def install_random(module):
    """Into ``numpy.random``."""
    from offline_ci_guest import integer_draws

    integer_draws.install(module)


def install_pandas(module):
    """Into ``pandas.core.dtypes.common``: all but ``int`` means 64 bits in pandas anyway."""

    def pandas_dtype(dtype):
        return original(np.int64 if dtype is int else dtype)

    original = module.pandas_dtype
    # pandas tells its own code from a program's by the file, to name the program's line in a warning.
    pandas_dtype.__code__ = pandas_dtype.__code__.replace(co_filename=module.__file__)
    module.pandas_dtype = functools.update_wrapper(pandas_dtype, original)
