"""Our threads in the place of Python's, in the modules that know of them."""

import _thread
import threading
import time

from offline_ci_guest import threads


def _start_new_thread(function, args, kwargs=None):
    thread = threading.Thread(target=function, args=args, kwargs=kwargs)
    thread.start()
    return thread.ident


def _rlock_class(base):
    class RLock(base):
        def acquire(self, blocking=True, timeout=-1):
            return bool(super().acquire(blocking, timeout))

        __enter__ = acquire

    return RLock


def install(module):
    """Into ``threading``."""
    import _threading_local

    time.sleep = threads.sleep
    _thread.start_new_thread = _thread.start_new = _start_new_thread
    module.get_ident = module.get_native_id = threads.get_ident
    module.Lock = module._allocate_lock = threads.Lock
    module._CRLock = _rlock_class(module._PyRLock)
    module._ThreadHandle = threads.Handle
    module._start_joinable_thread = threads.start
    module.local = _threading_local.local
    is_alive = module.Thread.is_alive

    def is_alive_or_due(self):
        if threads.is_due(self) and self.__dict__.get("_asked"):
            threads.wait(self._os_thread_handle.is_done, first=self)
        self._asked = True
        return is_alive(self)

    def run_timer(self):
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()

    module.Thread.is_alive = is_alive_or_due
    module.Timer.run = run_timer


def install_queue(module):
    """Into ``queue``: its C class waits where no thread can run; who fills a queue cannot wait for who empties it."""

    def put_anyway(self, item, block=True, timeout=None):
        if not block or timeout is not None:
            put(self, item, block, timeout)
            return
        with self.mutex:
            if self.is_shutdown:
                raise module.ShutDown
            self._put(item)
            self.unfinished_tasks += 1
            self.not_empty.notify()

    put = module.Queue.put
    module.Queue.put = put_anyway
    module.SimpleQueue = module._PySimpleQueue


def install_executor(module):
    """Into ``concurrent.futures.thread``: a thread does what is in the queue, and ends."""

    def adjust_thread_count(self):
        self._threads = {thread for thread in self._threads if not thread._os_thread_handle.is_done()}
        if any(threads.is_due(thread) for thread in self._threads):
            return
        self._n_started = getattr(self, "_n_started", -1) + 1
        name = f"{self._thread_name_prefix}_{self._n_started % self._max_workers}"
        thread = module.threading.Thread(name=name, target=work, args=(self,))
        thread.start()
        self._threads.add(thread)

    def work(executor):
        context = executor._create_worker_context()
        try:
            context.initialize()
        except Exception:
            module._base.LOGGER.critical("Exception in initializer:", exc_info=True)
            executor._initializer_failed()
            return
        try:
            while not executor._work_queue.empty():
                item = executor._work_queue.get_nowait()
                if item is not None:
                    run(item, context)
        finally:
            context.finalize()

    def run(item, context):
        item.run(context)
        if item.future.done() and not item.future.cancelled():
            exc = item.future.exception()
            if isinstance(exc, KeyboardInterrupt):
                raise exc

    module.ThreadPoolExecutor._adjust_thread_count = adjust_thread_count


def install_pool(module):
    """Into ``multiprocessing.pool``: ``ThreadPool`` on an executor."""
    from offline_ci_guest import thread_pool

    module.ThreadPool = thread_pool.ThreadPool
    module.AsyncResult = module.ApplyResult = thread_pool.AsyncResult


def install_tqdm(module):
    """Into ``tqdm.std``: no thread that wakes a bar which stands still."""
    module.tqdm.monitor_interval = 0
