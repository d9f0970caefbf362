"""Random numbers for the guest."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

Entropy: TypeAlias = Callable[[int], bytes]
"""Random bytes, as many as asked for; ``os.urandom`` in a host without a seed."""

KEY_BYTES = BLOCK_BYTES = 64


class EntropyState(NamedTuple):
    """Where a seeded stream is.

    Attributes:
        key: made of the seed, ``KEY_BYTES`` long.
        counter: blocks used.
        rest: bytes of the last block that are still to come, less than a block.
    """

    key: bytes
    counter: int
    rest: bytes


class SeededEntropy:
    """A deterministic ``Entropy``: the same seed gives the same bytes, however they are cut into requests.

    For reproducible runs, not for secrets.

    Args:
        seed: any integer.
    """

    def __init__(self, seed: int) -> None:
        self._key = blake2b(str(seed).encode()).digest()
        self._counter = 0
        self._rest = b""

    def save(self) -> EntropyState:
        """Where the stream is."""
        return EntropyState(self._key, self._counter, self._rest)

    def restore(self, state: EntropyState) -> None:
        """Go on from there, whatever the seed was."""
        self._key, self._counter, self._rest = state

    def __call__(self, n: int) -> bytes:
        """The next ``n`` bytes."""
        blocks, length = [self._rest], len(self._rest)
        while length < n:
            block = blake2b(self._counter.to_bytes(8, "little"), key=self._key, digest_size=BLOCK_BYTES).digest()
            self._counter += 1
            blocks.append(block)
            length += len(block)
        joined = b"".join(blocks)
        self._rest = joined[n:]
        return joined[:n]
