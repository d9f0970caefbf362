"""The older random numbers of numpy, whose integers are the C ``long`` elsewhere; see ``integers``."""

import sys

import numpy as np

from offline_ci_guest.integer_indices import narrowed
from offline_ci_guest.integers import Changeable, is_program, put, widened

_DRAWS = ["binomial", "geometric", "hypergeometric", "logseries", "multinomial", "negative_binomial", "poisson", "zipf"]
_DRAWS_FROM = ["choice", "permutation"]


def _randint(original):
    def randint(self, low, high=None, size=None, dtype=int):
        if dtype is not int or not is_program(sys._getframe(1)):
            return original(self, low, high, size, dtype)
        drawn = original(self, low, high, size, np.int64)
        return int(drawn) if size is None and drawn.ndim == 0 else drawn

    return randint


def _draw(original):
    def draw(self, *args, **kwargs):
        kwargs = {name: narrowed(value) for name, value in kwargs.items()}
        drawn = original(self, *map(narrowed, args), **kwargs)
        return widened(drawn) if is_program(sys._getframe(1)) else drawn

    return draw


def _draw_from(original):
    def draw(self, a, *args, **kwargs):
        drawn = original(self, a, *args, **kwargs)
        return widened(drawn) if isinstance(a, int) and is_program(sys._getframe(1)) else drawn

    return draw


def install(module):
    """Into ``numpy.random``."""
    legacy = module.mtrand
    with Changeable(legacy.RandomState):
        put(legacy.RandomState, "randint", _randint)
        for name in _DRAWS:
            put(legacy.RandomState, name, _draw)
        for name in _DRAWS_FROM:
            put(legacy.RandomState, name, _draw_from)
    for name in ("randint", *_DRAWS, *_DRAWS_FROM):
        setattr(module, name, getattr(legacy._rand, name))
