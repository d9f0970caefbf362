"""Linux' Landlock: this process gives up what it does not need of files, network and signals, for good.

Source: Linux UAPI, include/uapi/linux/landlock.h (ABI 1 to 7), Documentation/userspace-api/landlock.rst. The bindings
on the package registry know files alone (ABI 3), so the three system calls are made here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from typing import Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_VERSION_FLAG: Final = 1
_PATH_BENEATH: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38

_WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
_RIGHTS_OF_ABI: Final = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""On files, with the ABI that brought them: execute to make_sym, refer, truncate, ioctl_dev."""
_TCP: Final = (4, 0b11)
"""bind and connect."""
_SCOPES: Final = (6, 0b11)
"""Abstract Unix sockets, and signals, of processes outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def abi() -> int:
    """Version of Landlock that the kernel offers; 0 where it has none, or has it switched off."""
    if not sys.platform.startswith("linux"):
        return 0
    version = ctypes.CDLL(None, use_errno=True).syscall(
        _CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG)
    )
    return max(0, int(version))


def restrict(readable: Iterable[str], *, writable: Iterable[str] = ()) -> str | None:
    """Leave this thread, and all that it starts, nothing but reading below some folders.

    What is open stays open. There is no way back.

    Args:
        readable: files and folders; one that is not there is left out.
        writable: files that may be opened for reading and writing.

    Returns:
        What stands now, in words; None where the kernel offers nothing.

    Raises:
        OSError: the kernel offers it, and it cannot be had.
    """
    version = abi()
    if version < 1:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    rights = sum(bits for since, bits in _RIGHTS_OF_ABI.items() if version >= since)
    ruleset = _Ruleset(rights, *(bits if version >= since else 0 for since, bits in (_TCP, _SCOPES)))
    n_known = 24 if version >= _SCOPES[0] else 16 if version >= _TCP[0] else 8
    fd = _checked(libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(n_known), ctypes.c_uint32(0)))
    try:
        for path in readable:
            _allow(libc, fd, path, 0)
        for path in writable:
            _allow(libc, fd, path, _WRITE_FILE)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ctypes.c_int(fd), ctypes.c_uint32(0)))
    finally:
        os.close(fd)
    more = [what for (since, _), what in ((_TCP, "TCP"), (_SCOPES, "signals")) if version >= since]
    return f"Landlock {version} ({', '.join(['files', *more])})"


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, more: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE  # noqa: PTH112 - pathlib costs a start
        rule = _PathBeneath(allowed | more, place)
        arguments = (ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
        _checked(libc.syscall(_ADD_RULE, *arguments))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
