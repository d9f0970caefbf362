"""Several tasks at once, on real threads with real stacks."""

import threading
import time

import pytest

from offline_ci.errors import RuntimeBuildError
from offline_ci.pyodide.build_workers import STOP_S, check_stop, run_parallel


def test_every_result_arrives_in_the_calling_thread():
    results, threads = {}, set()

    def done(item, result):
        results[item] = result
        threads.add(threading.current_thread())

    run_parallel(lambda item, _stop: item * item, range(50), done, n_threads=4)
    assert results == {n: n * n for n in range(50)}
    assert threads == {threading.current_thread()}


def test_items_start_in_order_and_several_run_at_once():
    started = []
    meet = threading.Barrier(2, timeout=10)

    def work(item, _stop):
        started.append(item)
        if item < 2:
            meet.wait()

    run_parallel(work, range(6), lambda _item, _result: None, n_threads=2)
    assert sorted(started[:2]) == [0, 1]
    assert sorted(started) == list(range(6))


def test_nothing_to_do_is_done_at_once():
    run_parallel(lambda _item, _stop: pytest.fail("called"), [], lambda _item, _result: None)


def test_a_failure_stops_the_others_and_is_raised():
    started, stopped = [], []

    def work(item, stop):
        started.append(item)
        if item == 0:
            raise KeyError("first")
        stopped.append(stop.wait(10))

    begin = time.monotonic()
    with pytest.raises(KeyError, match="first"):
        run_parallel(work, range(100), lambda _item, _result: None, n_threads=2)
    assert time.monotonic() - begin < 5
    assert all(stopped)
    assert len(started) <= 3


def test_a_task_that_does_not_stop_is_not_waited_for():
    release = threading.Event()

    def work(item, stop):
        if item == 0:
            raise KeyError("first")
        release.wait(30)
        check_stop(stop)

    begin = time.monotonic()
    with pytest.raises(KeyError):
        run_parallel(work, range(2), lambda _item, _result: None, n_threads=2)
    assert STOP_S <= time.monotonic() - begin < 20
    release.set()


def test_check_stop():
    stop = threading.Event()
    check_stop(stop)
    stop.set()
    with pytest.raises(RuntimeBuildError, match="The build was stopped"):
        check_stop(stop)


def test_a_failing_callback_stops_the_tasks_too():
    started = []

    def done(item, _result):
        raise ValueError(item)

    def work(item, _stop):
        started.append(item)
        time.sleep(0.05)

    with pytest.raises(ValueError, match="0"):
        run_parallel(work, range(100), done, n_threads=1)
    assert len(started) <= 3
