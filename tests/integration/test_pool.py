"""A pool of workers on the real runtime."""

import threading
import time

import pytest

from offline_ci import ResourceLimits
from offline_ci.errors import UsageError, WorkerCrashedError
from offline_ci.sandbox.pool import SandboxPool

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def pool():
    with SandboxPool(2, limits=ResourceLimits(time_s=10)) as pool:
        yield pool


def test_every_job_gets_a_fresh_sandbox(pool):
    def job(sandbox, n):
        result = sandbox.run(
            "import os, builtins, json, random\n"
            "seen = [hasattr(builtins, 'mark'), os.listdir('/mnt/data'), os.listdir('/tmp'), 'n' in globals()]\n"
            "builtins.mark = json.mark = 1; open('f', 'w').close(); open('/tmp/g', 'w').close()\n"
            f"n = {n}; print(random.random()); (seen, n)"
        )
        return result.result, result.stdout

    results = list(pool.map(job, range(12)))
    assert [r[0] for r in results] == [f"([False, [], [], False], {n})" for n in range(12)]
    assert len({r[1] for r in results}) == 12


def test_jobs_run_at_once(pool):
    barrier = threading.Barrier(2, timeout=20)

    def job(sandbox, n):
        barrier.wait()
        return sandbox.run(f"{n} * 2").result

    assert list(pool.map(job, [1, 2, 3, 4])) == ["2", "4", "6", "8"]


def test_a_job_that_is_stopped_does_not_hurt_the_next(pool):
    deep = "import json; json.loads('[' * 10**6)"
    codes = ["while True: pass", "1 + 1", deep, "2 + 2", "import os; os._exit(1)", "3"]
    results = list(pool.map(lambda sandbox, code: sandbox.run(code, time_s=0.5), codes))
    assert [r.status for r in results] == ["time_limit", "ok", "trap", "ok", "exit", "ok"]


def test_a_dead_worker_costs_its_job_and_is_replaced(pool):
    def job(sandbox, kill):
        if kill:
            sandbox._backend._process.kill()
        return sandbox.run("40 + 2").result

    for _ in range(3):
        with pytest.raises(WorkerCrashedError):
            list(pool.map(job, [True]))
    assert list(pool.map(job, [False] * 4)) == ["42"] * 4


def test_a_worker_that_dies_between_two_jobs_is_replaced(pool):
    with pool.sandbox() as sandbox:
        sandbox.run("1")
        sandbox._backend._process.kill()
    assert list(pool.map(lambda sandbox, _: sandbox.run("1 + 1").result, range(4))) == ["2"] * 4


def test_whoever_comes_when_all_are_busy_waits(pool):
    with pool.sandbox(), pool.sandbox():
        got = []
        thread = threading.Thread(target=lambda: got.extend(pool.map(lambda s, _: s.run("7").result, [0])))
        thread.start()
        time.sleep(0.2)
        assert got == []
    thread.join(20)
    assert got == ["7"]


def test_a_closed_pool_says_so_and_leaves_no_process():
    pool = SandboxPool(1)
    with pool.sandbox() as sandbox:
        process = sandbox._backend._process
    pool.close()
    pool.close()
    assert process.poll() is not None
    with pytest.raises(UsageError, match="closed"), pool.sandbox():
        pass
    with pytest.raises(UsageError, match="0 workers"):
        SandboxPool(0)


def test_jobs_begin_where_the_preparation_ended_and_nothing_of_a_job_stays():
    with SandboxPool(1, prepare="import textwrap; words = ['ready']") as pool:
        seen = pool.map(
            lambda sandbox, n: sandbox.run(f"words.append({n}); open('f', 'a').close(); words").result, range(3)
        )
        assert list(seen) == ["['ready', 0]", "['ready', 1]", "['ready', 2]"]
        with pool.sandbox() as sandbox:
            assert sandbox.files.list() == []
            sandbox._backend._process.kill()  # while it is idle, as far as the pool knows
        with pool.sandbox() as sandbox:
            assert sandbox.run("words").result == "['ready']"
        with pool.sandbox() as sandbox:
            sandbox.run("import os; os._exit(3)")
        with pool.sandbox() as sandbox:
            assert sandbox.run("words").result == "['ready']"


def test_a_preparation_that_fails_is_told():
    with pytest.raises(UsageError, match="prepares a pool's sandboxes fails: division by zero"):
        SandboxPool(1, prepare="1 / 0")
