"""``hashlib.pbkdf2_hmac``, which elsewhere comes from OpenSSL."""

import operator

import _hmac

_INT_MAX = 2**31 - 1
_COMPUTE = {
    name.removeprefix("compute_").removesuffix("_32"): getattr(_hmac, name)
    for name in dir(_hmac)
    if name.startswith("compute_") and name != "compute_digest"
}


class UnsupportedDigestmodError(ValueError):
    """A hash that is not here; the exception of this name elsewhere is ``_hashlib``'s."""


def _hmac_of(name):
    """``function(key, message)`` for a hash, called as OpenSSL calls it or as Python does."""
    plain = name.lower().replace("-", "_").replace("sha_", "sha").replace("sha2_", "sha")
    if plain not in _COMPUTE:
        raise UnsupportedDigestmodError("[digital envelope routines] unsupported")
    return _COMPUTE[plain]


def _bytes(value):
    try:
        view = memoryview(value)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view.tobytes()


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Password based key derivation function 2 (PKCS #5 v2.0) with HMAC as pseudorandom function."""
    if not isinstance(hash_name, str):
        raise TypeError(f"pbkdf2_hmac() argument 'hash_name' must be str, not {type(hash_name).__name__}")
    password, salt, iterations = _bytes(password), _bytes(salt), operator.index(iterations)
    compute = _hmac_of(hash_name)
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if iterations > _INT_MAX:
        raise OverflowError("iteration value is too great.")
    size = len(compute(b"", b""))
    length = size if dklen is None else operator.index(dklen)
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    if length > _INT_MAX:
        raise OverflowError("key length is too great.")
    return _derive(compute, size, password, salt, iterations, length)


def _derive(compute, size, password, salt, iterations, length):
    """RFC 8018, section 5.2."""
    key = b""
    for number in range(1, -(-length // size) + 1):
        # One call of C with the key costs less than two copies of hashes that have it already.
        turn = compute(password, salt + number.to_bytes(4))
        block = int.from_bytes(turn)
        for _ in range(iterations - 1):
            turn = compute(password, turn)
            block ^= int.from_bytes(turn)
        key += block.to_bytes(size)
    return key[:length]


def install(module):
    """Into ``hashlib``."""
    module.pbkdf2_hmac = pbkdf2_hmac
    module.__all__ += ("pbkdf2_hmac",)
