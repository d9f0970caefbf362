"""A worker that does not answer in time is killed; time in which a person thinks does not count."""

import threading
import time

import pytest

from offline_ci.sandbox import process
from offline_ci.sandbox.process import _KillTimer


class Killed:
    """Stands for a worker's process."""

    def __init__(self):
        self.event = threading.Event()

    def kill(self):
        self.event.set()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(process, "_LOOK_AGAIN_S", 0.01)


def test_it_kills_when_the_time_is_over():
    killed = Killed()
    with _KillTimer(killed, 0.02) as timer:
        assert killed.event.wait(5)
    assert timer.expired


def test_it_does_nothing_when_the_answer_came_in_time():
    killed = Killed()
    with _KillTimer(killed, 0.05) as timer:
        pass
    time.sleep(0.1)
    assert not killed.event.is_set()
    assert not timer.expired


def test_time_stands_still_in_pauses_and_goes_on_after_them():
    killed = Killed()
    with _KillTimer(killed, 0.1) as timer:
        for _ in range(5):
            with timer.paused():
                time.sleep(0.05)  # 0.25 s in all
        assert not killed.event.is_set()
        assert killed.event.wait(5)
    assert timer.expired


def test_a_pause_costs_no_thread():
    before = threading.active_count()
    with _KillTimer(Killed(), 10) as timer:
        for _ in range(100):
            with timer.paused():
                pass
        assert threading.active_count() == before + 1
