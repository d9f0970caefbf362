import threading

from hypothesis import given
from hypothesis import strategies as st

from offline_ci.artifacts.fetch.meter import Meter
from support.artifacts import RecordedProgress


def test_positions_become_steps():
    progress = RecordedProgress()
    on_position = Meter(progress).transfer(100, here_bytes=20)
    for position in (0, 20, 50, 50, 130, 30, 100):
        on_position(position)
    assert progress.steps == [30, 50, -70, 70]


@given(st.lists(st.integers(min_value=0, max_value=300)))
def test_what_was_told_adds_up_to_the_last_position(positions):
    progress = RecordedProgress()
    on_position = Meter(progress).transfer(200, here_bytes=50)
    for position in positions:
        on_position(position)
        assert progress.arrived == max(50, min(position, 200)) - 50


def test_transfers_add_up_from_any_thread_one_call_at_a_time():
    inside, overlaps = threading.Lock(), []

    class OneAtATime(RecordedProgress):
        def advance(self, n_bytes):
            if not inside.acquire(blocking=False):
                overlaps.append(n_bytes)
                return
            super().advance(n_bytes)
            inside.release()

    progress = OneAtATime()
    meter = Meter(progress)

    def run():
        on_position = meter.transfer(1000)
        for position in range(1001):
            on_position(position)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
    assert progress.arrived == 4000
