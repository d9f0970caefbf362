import itertools
import os
import subprocess
import sys
import time

import pytest

from offline_ci.llm import _threads
from offline_ci.llm._threads import ThreadGovernor, Usage, read_usage


class Machine:
    """Tells what was used in each second; ``others`` and ``own`` are processors kept busy."""

    def __init__(self, n_cpus, loads):
        self._n_cpus = n_cpus
        self._loads = iter(loads)
        self._now = Usage(0.0, 0.0, 0.0, n_cpus)

    def __call__(self):
        now = self._now
        others, own = next(self._loads, (0, 0))
        self._now = Usage(now.wall_s + 1, now.all_s + others + own, now.own_s + own, self._n_cpus)
        return now


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(_threads, "WINDOW_S", float("-inf"))


def follow(most, n_cpus, loads):
    governor = ThreadGovernor(most, Machine(n_cpus, loads))
    return [governor.threads() for _ in loads]


@pytest.mark.parametrize(
    ("n_cpus", "others", "threads"),
    [(2, 0.0, 2), (2, 0.25, 2), (2, 0.4, 1), (2, 1.2, 1), (2, 2.0, 1), (8, 2.0, 6), (8, 2.5, 5), (64, 20.0, 16)],
)
def test_takes_what_others_leave(n_cpus, others, threads):
    assert follow(min(n_cpus, 16), n_cpus, [(others, 1.0)])[-1] == threads


def test_goes_down_at_once_and_up_when_it_stays_calm():
    busy, calm = (1.0, 1.0), (0.0, 1.0)
    assert follow(2, 2, [calm, busy, calm, busy, calm, calm, calm]) == [2, 1, 1, 1, 1, 2, 2]


def test_own_work_is_no_reason_to_go_down():
    assert follow(4, 4, [(0.0, 4.0)] * 3) == [4, 4, 4]


def test_does_not_look_more_often_than_the_window(monkeypatch):
    monkeypatch.setattr(_threads, "WINDOW_S", 3600.0)
    looks = itertools.count()

    def read():
        next(looks)
        return Usage(time.monotonic(), 0.0, 0.0, 2)

    governor = ThreadGovernor(2, read)
    assert [governor.threads() for _ in range(5)] == [2] * 5
    assert next(looks) == 1


def test_where_nothing_tells_all_are_used(tmp_path):
    assert read_usage(tmp_path / "none") is None
    assert ThreadGovernor(3, lambda: None).threads() == 3


def test_reads_only_the_processors_that_this_process_may_use(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {1, 3}, raising=False)
    stat = tmp_path / "stat"
    stat.write_text(
        "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 7 7 7 7 7 7 7 7 0 0\n"
        "cpu1 100 10 20 9999 555 3 4 5 77 88\ncpu13 9 9 9 9 9 9 9 9 0 0\ncpu3 50 0 0 1 1 0 0 8 0 0\nintr 1 2 3\n"
    )
    usage = read_usage(stat)
    assert usage.n_cpus == 2
    assert usage.all_s == pytest.approx((132 + 58) / os.sysconf("SC_CLK_TCK"))


BUSY = "import time; end = time.process_time() + 0.6\nwhile time.process_time() < end: pass\nprint(end)"


def others_s(command):
    """What read_usage finds that others used while a command ran and closed its output."""
    before = read_usage()
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
    after = read_usage()
    return (after.all_s - before.all_s) - (after.own_s - before.own_s)


def test_sees_a_real_busy_process():
    # A child of a shell that has ended is nobody's child of ours.
    assert others_s(["sh", "-c", '"$0" -I -c "$1" &', sys.executable, BUSY]) > 0.4


def test_children_are_no_others():
    before = read_usage().own_s
    subprocess.run([sys.executable, "-I", "-c", BUSY], check=True, stdout=subprocess.PIPE)
    assert read_usage().own_s - before > 0.5
