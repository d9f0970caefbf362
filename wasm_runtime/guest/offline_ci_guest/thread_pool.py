"""``multiprocessing.pool.ThreadPool`` on the threads that there are; the original has three more for its own use."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures import wait as wait_for
from multiprocessing import TimeoutError as PoolTimeoutError


class AsyncResult:
    """What becomes of a call or of several."""

    def __init__(self, futures, merge, callback, error_callback):
        self._futures, self._merge = futures, merge
        self._callback, self._error_callback = callback, error_callback
        self._left = len(futures)
        for future in futures:
            future.add_done_callback(self._one_done)

    def _one_done(self, _future):
        self._left -= 1
        if self._left:
            return
        error = next((future.exception() for future in self._futures if future.exception()), None)
        if error is None and self._callback:
            self._callback(self._merge([future.result() for future in self._futures]))
        elif error is not None and self._error_callback:
            self._error_callback(error)

    def wait(self, timeout=None):
        """Wait for the end."""
        wait_for(self._futures, timeout)

    def ready(self):
        """Whether all is done."""
        return all(future.done() for future in self._futures)

    def successful(self):
        """Whether nothing was raised."""
        if not self.ready():
            raise ValueError(f"{self!r} not ready")
        return not any(future.exception() for future in self._futures)

    def get(self, timeout=None):
        """The result, or what was raised."""
        self.wait(timeout)
        if not self.ready():
            raise PoolTimeoutError
        return self._merge([future.result() for future in self._futures])


class ThreadPool:
    """As ``multiprocessing.pool.ThreadPool``."""

    def __init__(self, processes=None, initializer=None, initargs=()):
        if processes is not None and processes < 1:
            raise ValueError("Number of processes must be at least 1")
        self._executor = ThreadPoolExecutor(processes, "ThreadPool", initializer, initargs)
        self._is_running = True

    def _submit(self, function, tasks, merge=list, callback=None, error_callback=None):
        if not self._is_running:
            raise ValueError("Pool not running")
        futures = [self._executor.submit(function, *args, **kwargs) for args, kwargs in tasks]
        result = AsyncResult(futures, merge, callback, error_callback)
        if not futures and callback:
            callback([])
        return result

    def apply_async(self, func, args=(), kwds=None, callback=None, error_callback=None):
        """Call in the background."""
        return self._submit(func, [(args, kwds or {})], lambda values: values[0], callback, error_callback)

    def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        """Call with each item, in the background."""
        return self._submit(func, [((item,), {}) for item in iterable], list, callback, error_callback)

    def starmap_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        """Call with each item's items, in the background."""
        return self._submit(func, [(tuple(item), {}) for item in iterable], list, callback, error_callback)

    def apply(self, func, args=(), kwds=None):
        """Call."""
        return self.apply_async(func, args, kwds).get()

    def map(self, func, iterable, chunksize=None):
        """Call with each item."""
        return self.map_async(func, iterable).get()

    def starmap(self, func, iterable, chunksize=None):
        """Call with each item's items."""
        return self.starmap_async(func, iterable).get()

    def imap(self, func, iterable, chunksize=1):
        """An iterator over the results."""
        futures = self._submit(func, [((item,), {}) for item in iterable])._futures
        return _Results(future for future in futures)

    imap_unordered = imap

    def close(self):
        """Take no more calls."""
        self._is_running = False

    def terminate(self):
        """Leave what has not begun."""
        self.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def join(self):
        """Wait until all is done."""
        if self._is_running:
            raise ValueError("Pool is still running")
        self._executor.shutdown()

    def __enter__(self):
        if not self._is_running:
            raise ValueError("Pool not running")
        return self

    def __exit__(self, *_exc):
        self.terminate()


class _Results:
    def __init__(self, futures):
        self._futures = futures

    def __iter__(self):
        return self

    def next(self, timeout=None):
        """The next result."""
        try:
            return next(self._futures).result(timeout)
        except FutureTimeoutError:
            raise PoolTimeoutError from None

    __next__ = next
