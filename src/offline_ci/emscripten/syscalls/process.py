"""The process: its end, its user, its signals, its name, its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from offline_ci.emscripten.abi.errno import Errno, ErrnoError
from offline_ci.emscripten.registry import REGISTRY, Convention, Support, env, syscall
from offline_ci.emscripten.unwind import GuestExit, GuestTrap

if TYPE_CHECKING:
    from offline_ci.emscripten.host import Host

_USER_ID = 0
"""libc answers geteuid and the group calls itself, with 0; this is the one question that it passes on."""
_MESSAGE_BYTES = 4096
_SIGNAL_HANDLER_TYPE = "vi"
_RUNTIME_NAME = b"wasmtime\0"


def _read_message(host: Host, ptr: int) -> str:
    """A string for people; whatever the pointer is, a message comes out."""
    try:
        return host.memory.read_cstr(ptr, _MESSAGE_BYTES).decode("utf-8", "replace")
    except ErrnoError:
        return "(unreadable)"


# --- the end


@env("exit", "vi", note="C's exit handlers do not run: CPython has finalized itself before, or does not want to")
def exit_process(host: Host, status: int) -> NoReturn:
    """End the guest."""
    raise GuestExit(status)


@env("_abort_js", "v")
def abort(host: Host) -> NoReturn:
    """End the guest by a trap."""
    raise GuestTrap("abort", "abort() was called")


@env("__assert_fail", "vppip")
def assert_fail(host: Host, condition_ptr: int, file_ptr: int, line: int, function_ptr: int) -> NoReturn:
    """A C assertion failed: end the guest by a trap."""
    condition, file = _read_message(host, condition_ptr), _read_message(host, file_ptr)
    where = f", {_read_message(host, function_ptr)}" if function_ptr else ""
    raise GuestTrap("abort", f"assertion failed: {condition} ({file}:{line}{where})")


def _keepalive(host: Host) -> None:
    """Nothing: it counts reasons to keep an event loop running, and there is none."""


for _name in (
    "emscripten_runtime_keepalive_push", "emscripten_runtime_keepalive_pop", "_emscripten_runtime_keepalive_clear",
):  # fmt: skip
    env(_name, "v", note="there is no event loop to keep alive")(_keepalive)


# --- user and name


@syscall("getuid32_js", "i", note="user 0, as libc itself says of the effective user and the groups")
def sys_getuid32(host: Host) -> int:
    """The user's number."""
    return _USER_ID


@syscall("umask_js", "ii")
def sys_umask(host: Host, mask: int) -> int:
    """Set the file mode creation mask; the old one."""
    old, host.fs.umask = host.fs.umask, mask & 0o777
    return old


@env("_emscripten_get_progname", "vpi")
def get_progname(host: Host, buffer_ptr: int, size: int) -> None:
    """The program's name, cut to ``size`` bytes with its NUL."""
    if size > 0:
        name = host.program.encode("utf-8", "surrogateescape")[: size - 1]
        host.memory.write_bytes(buffer_ptr, name + b"\0")


@env("_Py_emscripten_runtime", "p", note="malloc'ed for the caller, who frees it; shows in sys._emscripten_info")
def runtime_name(host: Host) -> int:
    """What runs the guest; NULL where there is no memory for the name."""
    pointer = host.instance.call("malloc", len(_RUNTIME_NAME)) & 0xFFFFFFFF
    if pointer:
        host.memory.write_bytes(pointer, _RUNTIME_NAME)
    return pointer


@REGISTRY.register(
    "_emscripten_system", "ip", convention=Convention.SYSCALL, support=Support.REFUSED, note="there are no processes"
)
def system(host: Host, command_ptr: int) -> int:
    """0 for "is there a shell?", ENOSYS for any command."""
    if not command_ptr:
        return 0
    raise ErrnoError(Errno.ENOSYS)


# --- signals


@env("_Py_CheckEmscriptenSignals_Helper", "i")
def check_signals(host: Host) -> int:
    """CPython's poll for signals: the one that waits, or 0."""
    return host.take_signal()


@env("__call_sighandler", "vpi")
def call_sighandler(host: Host, handler: int, number: int) -> None:
    """Call a signal handler by its table index.

    The index is the guest's to choose and the engine calls unchecked, so the type is compared first.
    """
    function = host.instance.find_table(handler)
    if function is None or host.instance.function_type(function) != _SIGNAL_HANDLER_TYPE:
        raise GuestTrap("host", f"table entry {handler} is no signal handler")
    host.instance.call_function(function, number)


@env(
    "_setitimer_js",
    "iid",
    support=Support.REFUSED,
    note="signals come from the host only; CPython's build offers no timers",
)
def setitimer(host: Host, _which: int, timeout_ms: float) -> int:
    """-1, the C function's own failure; disarming succeeds."""
    return -1 if timeout_ms > 0 else 0


# --- messages


@env("_emscripten_log_formatted", "vip", note="call stacks are left out")
def log_formatted(host: Host, _flags: int, message_ptr: int) -> None:
    """A message of the C library for a developer."""
    host.log(_read_message(host, message_ptr))


@env("emscripten_log_impl_js", "vp")
def log_impl(host: Host, message_ptr: int) -> None:
    """As ``_emscripten_log_formatted``."""
    host.log(_read_message(host, message_ptr))


@env("emscripten_debugger", "v", note="there is no debugger to stop in")
def debugger(host: Host) -> None:
    """Nothing."""
