"""Error numbers, in WASI's numbering.

Emscripten's ``errno`` values are WASI's (``ENOENT`` is 44, not 2): the standard library's ``errno`` must never be used
here. Source: emscripten 5.0.3 ``src/struct_info_generated.json``.
"""

from __future__ import annotations

from enum import IntEnum


class Errno(IntEnum):
    """What went wrong, as musl in the guest spells it."""

    E2BIG = 1
    EACCES = 2
    EADDRINUSE = 3
    EADDRNOTAVAIL = 4
    EAFNOSUPPORT = 5
    EAGAIN = 6
    EALREADY = 7
    EBADF = 8
    EBADMSG = 9
    EBUSY = 10
    ECANCELED = 11
    ECHILD = 12
    ECONNABORTED = 13
    ECONNREFUSED = 14
    ECONNRESET = 15
    EDEADLK = 16
    EDESTADDRREQ = 17
    EDOM = 18
    EDQUOT = 19
    EEXIST = 20
    EFAULT = 21
    EFBIG = 22
    EHOSTUNREACH = 23
    EIDRM = 24
    EILSEQ = 25
    EINPROGRESS = 26
    EINTR = 27
    EINVAL = 28
    EIO = 29
    EISCONN = 30
    EISDIR = 31
    ELOOP = 32
    EMFILE = 33
    EMLINK = 34
    EMSGSIZE = 35
    EMULTIHOP = 36
    ENAMETOOLONG = 37
    ENETDOWN = 38
    ENETRESET = 39
    ENETUNREACH = 40
    ENFILE = 41
    ENOBUFS = 42
    ENODEV = 43
    ENOENT = 44
    ENOEXEC = 45
    ENOLCK = 46
    ENOLINK = 47
    ENOMEM = 48
    ENOMSG = 49
    ENOPROTOOPT = 50
    ENOSPC = 51
    ENOSYS = 52
    ENOTCONN = 53
    ENOTDIR = 54
    ENOTEMPTY = 55
    ENOTRECOVERABLE = 56
    ENOTSOCK = 57
    ENOTTY = 59
    ENXIO = 60
    EOVERFLOW = 61
    EOWNERDEAD = 62
    EPERM = 63
    EPIPE = 64
    EPROTO = 65
    EPROTONOSUPPORT = 66
    EPROTOTYPE = 67
    ERANGE = 68
    EROFS = 69
    ESPIPE = 70
    ESRCH = 71
    ESTALE = 72
    ETIMEDOUT = 73
    ETXTBSY = 74
    EXDEV = 75
    ENOSTR = 100
    EBFONT = 101
    EBADSLT = 102
    EBADRQC = 103
    ENOANO = 104
    ENOTBLK = 105
    ECHRNG = 106
    EL3HLT = 107
    EL3RST = 108
    ELNRNG = 109
    EUNATCH = 110
    ENOCSI = 111
    EL2HLT = 112
    EBADE = 113
    EBADR = 114
    EXFULL = 115
    ENODATA = 116
    ETIME = 117
    ENOSR = 118
    ENONET = 119
    ENOPKG = 120
    EREMOTE = 121
    EADV = 122
    ESRMNT = 123
    ECOMM = 124
    EDOTDOT = 125
    ENOTUNIQ = 126
    EBADFD = 127
    EREMCHG = 128
    ELIBACC = 129
    ELIBBAD = 130
    ELIBSCN = 131
    ELIBMAX = 132
    ELIBEXEC = 133
    ESTRPIPE = 135
    EUSERS = 136
    ESOCKTNOSUPPORT = 137
    ENOTSUP = 138
    EPFNOSUPPORT = 139
    ESHUTDOWN = 140
    ETOOMANYREFS = 141
    EHOSTDOWN = 142
    ENOMEDIUM = 148
    EL2NSYNC = 156

    EWOULDBLOCK = EAGAIN
    EOPNOTSUPP = ENOTSUP
    EDEADLOCK = EDEADLK


class ErrnoError(Exception):
    """A system call fails with this number. Internal: the engine turns it into the guest's error convention."""

    def __init__(self, errno: Errno) -> None:
        super().__init__(errno)
        self.errno = errno
