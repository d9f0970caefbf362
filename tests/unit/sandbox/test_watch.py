import time

import pytest

from offline_ci.emscripten.unwind import GuestTrap
from offline_ci.sandbox import watch as watch_module
from offline_ci.sandbox.watch import SIGINT, Watch


def watched():
    signals = []
    watch = Watch()
    watch.raise_signal = signals.append
    return watch, signals


def test_the_signal_comes_first_and_once():
    watch, signals = watched()
    watch.start(60)
    watch.tick()
    assert signals == [0]
    watch.request("interrupted")
    watch.tick()
    watch.tick()
    assert signals == [0, SIGINT]
    assert watch.reason == "interrupted"


def test_the_time_limit_raises_the_signal_by_itself():
    watch, signals = watched()
    watch.start(0.001)
    time.sleep(0.005)
    watch.tick()
    assert watch.reason == "time_limit"
    assert signals[-1] == SIGINT


def test_after_the_grace_comes_the_trap(monkeypatch):
    monkeypatch.setattr(watch_module, "GRACE_S", 0.0)
    watch = Watch()
    watch.start(60)
    watch.request("output_limit")
    watch.tick()
    with pytest.raises(GuestTrap) as info:
        watch.tick()
    assert info.value.kind == "interrupt"


def test_the_first_reason_is_the_one_that_counts():
    watch = Watch()
    watch.start(60)
    watch.request("output_limit")
    watch.request("interrupted")
    watch.tick()
    assert watch.reason == "output_limit"


def test_a_request_between_cells_does_not_hit_the_next_one():
    watch, signals = watched()
    watch.request("interrupted")
    watch.start(60)
    watch.tick()
    watch.stop()
    watch.request("interrupted")
    watch.start(60)
    watch.tick()
    assert watch.reason is None
    assert SIGINT not in signals


def test_sleep_ends_when_the_cell_is_to_end():
    watch = Watch()
    watch.start(0.05)
    begin = time.monotonic()
    watch.sleep(10)
    assert time.monotonic() - begin < 1


def test_time_stands_still_while_a_person_is_waited_for():
    watch, signals = watched()
    watch.start(0.05)
    with watch.waiting():
        time.sleep(0.1)
        watch.tick()
    watch.tick()
    assert signals == [0]
    time.sleep(0.06)
    watch.tick()
    assert watch.reason == "time_limit"


def test_nothing_is_raised_once_the_cell_is_over():
    watch, signals = watched()
    watch.start(0.0)
    watch.stop()
    watch.tick()
    assert SIGINT not in signals
