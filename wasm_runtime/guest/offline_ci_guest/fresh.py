"""What must differ between guests although their memory came from the same image."""

import sys


def renew():
    """Reseed what was seeded when the image was made; ``os.urandom`` and what draws from it are fresh anyway."""
    modules = sys.modules
    if "random" in modules:
        modules["random"].seed()
    if "numpy.random" in modules:
        modules["numpy.random"].seed()
    if "sympy.core.random" in modules:
        modules["sympy.core.random"].rng.seed()
    if "tempfile" in modules:
        modules["tempfile"]._name_sequence = None  # noqa: SLF001 - drawn from a generator that is in the image
    if "uuid" in modules:
        modules["uuid"]._node = modules["uuid"]._last_timestamp = None  # noqa: SLF001
    if "logging" in modules:
        import time

        modules["logging"]._startTime = time.time_ns()  # noqa: SLF001
