"""Linux' seccomp, by libseccomp: this process may make some system calls and no others, for good.

Source: libseccomp 2.5, include/seccomp.h.in. The C library is called directly: the binding on the package registry
looks for it with a compiler or ldconfig, which takes longer than a worker's start.
"""

from __future__ import annotations

import ctypes
import errno
import sys
from collections.abc import Iterable
from typing import Final

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_TSYNC: Final = 4
_MASKED_EQUAL: Final = 7
_NAMESPACES: Final = 0x7E020080
"""CLONE_NEW* of ``clone``: new name spaces are where privileges begin."""

ALLOWED: Final = (
    # memory
    "brk madvise membarrier memfd_create mincore mlock mmap mprotect mremap munlock munmap userfaultfd",
    # what is open, and reading more: which files, Landlock says
    "access close close_range dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 faccessat",
    "faccessat2 fadvise64 fallocate fcntl fstat fstatfs ftruncate getcwd getdents64 ioctl lseek lstat newfstatat",
    "open openat pipe pipe2 poll ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readlink",
    "readlinkat readv select stat statfs statx write writev",
    # itself
    "arch_prctl exit exit_group fork getegid geteuid getgid getpgrp getpid getppid getpriority getrandom",
    "getresgid getresuid getrlimit getrusage getsid gettid getuid prctl prlimit64 rseq rt_sigaction rt_sigpending",
    "rt_sigprocmask rt_sigreturn rt_sigtimedwait sched_getaffinity sched_getparam sched_getscheduler sched_yield",
    "set_robust_list set_tid_address setpriority sigaltstack sysinfo tgkill uname wait4",
    # time, and waiting for each other
    "alarm clock_getres clock_gettime clock_nanosleep futex getitimer gettimeofday nanosleep restart_syscall",
    "setitimer time times",
    # the socket that it was given
    "getsockname getsockopt recvmsg",
)
"""All that a worker needs. Not among them: sockets, other programs, other processes' memory, mounts, keys, modules,
BPF, io_uring, ptrace, anything that makes, removes or renames a file."""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def is_available() -> bool:
    """Whether libseccomp can be loaded; a kernel without seccomp is older than what we run on."""
    return _library() is not None


def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None


def restrict() -> str | None:
    """Leave this process, all its threads and all that it starts, the system calls of ``ALLOWED``.

    Another one fails with EPERM. There is no way back. The process must have given up new privileges.

    Returns:
        What stands now, in words; None where there is no seccomp or no libseccomp.

    Raises:
        OSError: it is there, and the filter cannot be had.
    """
    library = _library()
    if library is None:
        return None
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ERRNO | errno.EPERM)))
    if rules.value is None:
        raise OSError(errno.ENOMEM, "libseccomp: no filter could be made")
    try:
        _checked(library.seccomp_attr_set(rules, _TSYNC, ctypes.c_uint32(1)))
        for name in _names(ALLOWED):
            _allow(library, rules, name)
        no_namespace = _Comparison(0, _MASKED_EQUAL, _NAMESPACES, 0)
        _allow(library, rules, "clone", no_namespace)
        # glibc falls back to clone, whose flags a filter can read; those of clone3 are in memory.
        number = library.seccomp_syscall_resolve_name(b"clone3")
        _checked(library.seccomp_rule_add_array(rules, ctypes.c_uint32(_ERRNO | errno.ENOSYS), number, 0, None))
        _checked(library.seccomp_load(rules))
    finally:
        library.seccomp_release(rules)
    return "seccomp"


def _names(lines: Iterable[str]) -> list[str]:
    return [name for line in lines for name in line.split()]


def _allow(library: ctypes.CDLL, rules: ctypes.c_void_p, name: str, *comparisons: _Comparison) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # this processor's Linux does not have it
        return
    compared = (_Comparison * len(comparisons))(*comparisons)
    _checked(library.seccomp_rule_add_array(rules, ctypes.c_uint32(_ALLOW), number, len(comparisons), compared))


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(-result, f"libseccomp: error {-result}")
