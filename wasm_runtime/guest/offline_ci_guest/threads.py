"""Threads for a Python that has one: they take turns on it.

A thread that was started is due. Its function runs, from its beginning to its end, when another one waits: in ``join``,
for a lock, an event, a queue, a future, an event loop; at the latest when the cell ends, unless it is a daemon. Whoever
waits goes on when what it waits for has come. A wait that nothing can end any more raises RuntimeError, and a thread
that waits for what only a thread below it on the stack could give is ended there, quietly, once that one could go on.
"""

import _thread
import sys
import threading
import time
from collections import deque

from offline_ci_guest import tracebacks

DEADLOCK = (
    "this would wait for ever: nothing is left that could end the wait "
    "(threads take turns in this sandbox: each runs to its end while another one waits for it)"
)
_SLICE_S = 0.05
"""So that what a signal handler changed is seen."""
_PATIENCE_S = 5.0
"""How long after its limit a wait goes on for the sake of a daemon that sets what is waited for."""
_POLLING_SLEEPS = 10
_IDLE_WAITS = 20
_sleep, _now, _real_ident = time.sleep, time.monotonic, _thread.get_ident


class WaitsForEver(BaseException):
    """Ends a thread whose wait only a thread below it on the stack could end."""


class _State:
    def __init__(self):
        self.due = deque()
        self.current = []
        self.waits = []
        self.n_started = 0
        self.n_sleeps = 0


_state = _State()


def get_ident():
    """As ``threading.get_ident``: of the thread whose turn it is."""
    return _state.current[-1]._ident if _state.current else _real_ident()


class Handle:
    """What ``threading.Thread`` knows of its system thread."""

    def __init__(self):
        self.thread, self.ident, self._done = None, None, False

    def is_done(self):
        """Whether it ended."""
        return self._done

    def join(self, timeout=None):
        """Wait for its end."""
        wait(self.is_done, timeout, first=self.thread)

    def _set_done(self):
        self._done = True


class Lock:
    """A lock; who waits for it lets other threads run."""

    __slots__ = ("__weakref__", "_locked")

    def __init__(self):
        self._locked = False

    def acquire(self, blocking=True, timeout=-1):
        """Take it; False where that took too long."""
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if self._locked and not (blocking and wait(self._is_free, None if timeout == -1 else timeout)):
            return False
        self._locked = True
        return True

    def release(self):
        """Give it back."""
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False

    def _is_free(self):
        return not self._locked

    def locked(self):
        """Whether somebody has it."""
        return self._locked

    def _at_fork_reinit(self):
        self._locked = False

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_exc):
        self.release()

    def __repr__(self):
        return f"<{'locked' if self._locked else 'unlocked'} lock object at {id(self):#x}>"


# --- turns


def wait(ready, timeout=None, *, first=None):
    """Let threads run until ``ready()``.

    Args:
        ready: whether the wait is over.
        timeout: seconds; None for no limit. A thread that runs meanwhile is not cut short.
        first: the thread whose turn comes before that of the others.

    Returns:
        Whether it is; False where the time was over before.
    """
    deadline = None if timeout is None else _now() + timeout

    def can_go_on():
        return ready() or (deadline is not None and first is None and _now() >= deadline + _PATIENCE_S)

    while not ready():
        thread = _next(first)
        if thread is not None:
            _state.waits.append(can_go_on)
            try:
                _run(thread)
            finally:
                _state.waits.pop()
            continue
        _end_daemon()
        times = [deadline] if deadline is not None else []
        times += [other._due for other in _state.due]
        if not times:
            _give_up()
        if deadline is not None and _now() >= deadline:
            _count_idle()
            return False
        left = min(times) - _now()
        _sleep(max(0.0, min(left, _SLICE_S)))
    if _state.current:
        _state.current[-1]._idle = 0
    return True


def _can_another_go_on():
    return any(can_go_on() for can_go_on in _state.waits)


def _give_up():
    raise WaitsForEver(DEADLOCK) if _can_another_go_on() else RuntimeError(DEADLOCK)


def _end_daemon():
    """A daemon that waits, for how long ever, does not keep another thread from going on."""
    if _state.current and _state.current[-1].daemon and _can_another_go_on():
        raise WaitsForEver(DEADLOCK)


def _count_idle():
    """A thread that only ever looks, in vain, whether something has come is ended, too."""
    if _state.current:
        thread = _state.current[-1]
        thread._idle += 1
        if thread._idle >= _IDLE_WAITS and _can_another_go_on():
            raise WaitsForEver(DEADLOCK)


def _is_ready(thread, now):
    return thread._due <= now or thread.finished.is_set()  # only timers have to wait


def _next(first=None, *, daemons=True):
    """Take the thread whose turn it is: ``first``, then others in the order of their start, daemons last."""
    now = _now()
    ready = [thread for thread in _state.due if _is_ready(thread, now) and (daemons or not thread.daemon)]
    ready.sort(key=lambda thread: (thread is not first, thread.daemon))
    if ready:
        _state.due.remove(ready[0])
    return ready[0] if ready else None


def start(bootstrap, *, handle, daemon=True):  # noqa: ARG001 - Python's signature
    """``_thread.start_joinable_thread``: the thread is due from now on."""
    thread = bootstrap.__self__
    _state.n_started += 1
    handle.thread = thread
    handle.ident = thread._ident = thread._native_id = _real_ident() + _state.n_started
    thread._idle, thread._asked, thread._due = 0, False, 0.0
    if type(thread).run is threading.Timer.run:
        thread._due = _now() + thread.interval
    threading._limbo.pop(thread, None)
    threading._active[thread._ident] = thread
    thread._started.set()
    _state.due.append(thread)


def _run(thread):
    loop = _leave_loop()
    _state.current.append(thread)
    try:
        thread._context.run(thread.run)
    except WaitsForEver:
        pass
    except KeyboardInterrupt:  # meant for the cell
        raise
    except BaseException as exc:
        exc.__traceback__ = tracebacks.skip_ours(exc.__traceback__)
        thread._invoke_excepthook(thread)
    finally:
        _state.current.pop()
        _end(thread)
        _return_to_loop(*loop)


def _leave_loop():
    """A thread does not see the event loop below it on the stack."""
    events, tasks = sys.modules.get("asyncio.events"), sys.modules.get("asyncio.tasks")
    loop = events._get_running_loop() if events else None
    if loop is None:
        return None, None
    task = tasks._swap_current_task(loop, None)
    events._set_running_loop(None)
    return loop, task


def _return_to_loop(loop, task):
    if loop is not None:
        sys.modules["asyncio.events"]._set_running_loop(loop)
        sys.modules["asyncio.tasks"]._swap_current_task(loop, task)


def _end(thread):
    threading._active.pop(thread._ident, None)
    thread._os_thread_handle._set_done()


def is_due(thread):
    """Whether a thread was started and its turn has not come."""
    return thread in _state.due


def finish():
    """Run what the cell started and did not wait for, daemons excepted: no thread outlives its cell."""
    while any(not thread.daemon for thread in _state.due):
        thread = _next(daemons=False)
        if thread is None:
            _sleep(_SLICE_S)
        else:
            _run(thread)
    forget()


def forget():
    """Nothing of what the cell started runs any more."""
    while _state.due:
        _end(_state.due.pop())
    _state.current.clear()
    _state.waits.clear()


def sleep(seconds, /):
    """``time.sleep``; who sleeps again and again waits for a thread that is no daemon."""
    if _state.current:
        end = _now() + seconds
        while (left := end - _now()) > 0:
            _sleep(min(left, _SLICE_S))
            _end_daemon()
        return
    _sleep(seconds)
    if _state.due:
        _state.n_sleeps += 1
        if _state.n_sleeps >= _POLLING_SLEEPS:
            _state.n_sleeps = 0
            thread = _next(daemons=False)
            if thread is not None:
                _run(thread)
