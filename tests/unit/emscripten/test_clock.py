import time

import pytest

from offline_ci.emscripten.clock import Clock, SpinSleeper
from offline_ci.emscripten.unwind import GuestTrap


def test_the_time_of_day_is_the_hosts():
    before = time.time_ns()
    now = Clock().realtime_ns()
    assert before <= now <= time.time_ns()


def test_a_fixed_clock_starts_where_told_and_each_reading_is_later():
    assert [Clock(1000, step_ns=10).realtime_ns() for _ in range(2)] == [1010, 1010]
    clock = Clock(1000, step_ns=10)
    assert [clock.realtime_ns() for _ in range(3)] == [1010, 1020, 1030]


def test_monotonic_time_goes_on_with_a_fixed_clock():
    clock = Clock(0)
    first = clock.monotonic_ns()
    time.sleep(0.002)
    assert clock.monotonic_ns() - first >= 2_000_000


def test_processor_time_counts_from_the_start_and_not_while_sleeping():
    clock = Clock()
    time.sleep(0.05)
    assert 0 <= clock.cpu_ns() < 40_000_000
    end = time.process_time() + 0.01
    while time.process_time() < end:
        pass
    assert clock.cpu_ns() >= 10_000_000


class Naps:
    """Sleeps for real and remembers how long it was asked to."""

    def __init__(self):
        self.asked = []

    def __call__(self, seconds):
        self.asked.append(seconds)
        time.sleep(seconds)


def wait_like_libc(sleeper, milliseconds):
    """emscripten_thread_sleep; how long it took, in seconds, and how many readings."""
    started = time.perf_counter()
    start = now = sleeper.poll_ms()
    n = 1
    while now - start < milliseconds:
        now = sleeper.poll_ms()
        n += 1
    return time.perf_counter() - started, n


@pytest.mark.parametrize("milliseconds", [1, 10, 100, 300])
def test_a_waiting_loop_sleeps_and_ends_soon_after_its_time(milliseconds):
    naps = Naps()
    sleeper = SpinSleeper(naps, lambda: False)
    elapsed, n = wait_like_libc(sleeper, milliseconds)
    assert elapsed >= milliseconds / 1000
    assert n < 300, "the loop spins"
    # what the host asked for in all, not what a busy machine made of it
    assert sum(naps.asked) < milliseconds / 1000 * 1.1 + 0.0001
    assert max(naps.asked) <= 0.02


def test_the_first_reading_does_not_wait():
    naps = Naps()
    sleeper = SpinSleeper(naps, lambda: False)
    sleeper.poll_ms()
    sleeper.restart()
    sleeper.poll_ms()
    assert naps.asked == []


def test_short_sleeps_after_a_long_one_start_anew():
    naps = Naps()
    sleeper = SpinSleeper(naps, lambda: False)
    wait_like_libc(sleeper, 100)
    sleeper.restart()
    naps.asked.clear()
    wait_like_libc(sleeper, 1)
    assert max(naps.asked) < 0.001


def test_a_signal_ends_the_loop_at_once():
    signals = []
    sleeper = SpinSleeper(lambda seconds: signals.append(2), lambda: bool(signals))
    elapsed, n = wait_like_libc(sleeper, 3_600_000)
    assert n == 3
    assert elapsed < 1


def test_the_host_can_stop_the_guest_while_it_sleeps():
    def stop(_seconds):
        raise GuestTrap("interrupt", "the time is up")

    with pytest.raises(GuestTrap, match="the time is up"):
        wait_like_libc(SpinSleeper(stop, lambda: False), 1000)
