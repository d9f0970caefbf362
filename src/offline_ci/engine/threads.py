"""Threads with enough stack for wasm and for the host functions that it calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from offline_ci.engine.config import THREAD_STACK_BYTES

T = TypeVar("T")
_lock = threading.Lock()


def start_big_stack_thread(target: Callable[[], None], *, name: str) -> threading.Thread:
    """A started daemon thread with ``THREAD_STACK_BYTES`` of stack."""
    thread = threading.Thread(target=target, name=name, daemon=True)
    with _lock:  # the stack size is a setting of the whole process
        previous = threading.stack_size(THREAD_STACK_BYTES)
        try:
            thread.start()
        finally:
            threading.stack_size(previous)
    return thread


def run_on_big_stack(function: Callable[[], T]) -> T:
    """Call ``function`` on such a thread and wait; its result or exception comes back."""
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(function())
        except BaseException as exc:  # noqa: BLE001 - handed over to the caller's thread
            errors.append(exc)

    thread = start_big_stack_thread(target, name="wasm")
    while thread.is_alive():
        thread.join(0.5)  # in slices: a join without a timeout cannot be interrupted on every platform
    if errors:
        raise errors[0]
    return results[0]
