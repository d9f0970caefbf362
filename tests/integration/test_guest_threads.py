"""asyncio, threads and executors in the guest; programs as people write them."""

import pytest

from offline_ci import Sandbox

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(isolation="inline") as sandbox:
        yield sandbox


def printed(sandbox, code):
    result = sandbox.run(code, time_s=30)
    assert (result.status, result.stderr) == ("ok", ""), (result.stderr, result.error)
    return result.stdout.split("\n")[:-1]


COROUTINES = """
import asyncio, time

async def after(n):
    await asyncio.sleep(n / 20)
    return n

async def main():
    begin = time.monotonic()
    print(await asyncio.gather(after(3), after(2), after(1)), time.monotonic() - begin < 0.25)
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.05)
    except TimeoutError:
        print('timeout')
    async with asyncio.TaskGroup() as group:
        task = group.create_task(after(1))
    queue = asyncio.Queue()
    async def fill():
        for i in range(3):
            await queue.put(i)
    asyncio.create_task(fill())
    print(task.result(), [await queue.get() for _ in range(3)])
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, pow, 2, 5), await asyncio.to_thread(str, 7))
    async with asyncio.timeout(1), asyncio.Lock():
        pass

asyncio.run(main())
"""


def test_asyncio_runs(sandbox):
    assert printed(sandbox, COROUTINES) == ["[3, 2, 1] True", "timeout", "1 [0, 1, 2]", "32 7"]


def test_a_cell_may_await(sandbox):
    sandbox.run("import asyncio\nasync def double(n):\n    await asyncio.sleep(0)\n    return 2 * n")
    assert sandbox.run("await double(21)").result == "42"
    assert sandbox.run("x = await double(4)\ny = [await double(i) for i in range(3)]\nx, y").result == "(8, [0, 2, 4])"
    assert printed(sandbox, "task = asyncio.ensure_future(double(5))\nprint(await task)") == ["10"]
    result = sandbox.run("async with asyncio.timeout(0.05):\n    await asyncio.sleep(9)")
    assert result.error.ename == "TimeoutError"
    assert sandbox.run("def f():\n    await double(1)").error.ename == "SyntaxError"


def test_an_event_loop_sleeps_in_the_host_and_stops_at_the_time_limit(sandbox):
    result = sandbox.run("import asyncio; asyncio.run(asyncio.sleep(60))", time_s=0.3)
    assert (result.status, result.error.ename, result.rolled_back) == ("time_limit", "KeyboardInterrupt", True)
    assert result.elapsed_s < 1
    result = sandbox.run("await asyncio.sleep(60)", time_s=0.3)
    assert (result.status, result.error.ename, result.rolled_back) == ("time_limit", "KeyboardInterrupt", True)
    assert sandbox.run("await asyncio.Event().wait()").error.ename == "RuntimeError"
    assert printed(sandbox, "await asyncio.sleep(0); print(len(asyncio.all_tasks()))") == ["1"]


def test_an_event_loop_with_nothing_left_to_do_says_so(sandbox):
    error = sandbox.run("import asyncio; asyncio.run(asyncio.Event().wait())").error
    assert (error.ename, error.evalue[:28]) == ("RuntimeError", "this would wait for ever: no")
    assert "offline_ci_guest" not in "".join(error.traceback)
    for start in ("create_subprocess_exec('ls')", "create_subprocess_shell('ls')"):
        error = sandbox.run(f"import asyncio; asyncio.run(asyncio.{start})").error
        assert (error.ename, "No other programs can be started" in error.evalue) == ("FileNotFoundError", True)
    error = sandbox.run("import asyncio; asyncio.run(asyncio.open_connection('example.com', 80))").error
    assert (error.ename, "no network in this sandbox" in error.evalue) == ("gaierror", True)


def test_threads_run_when_somebody_waits(sandbox):
    code = """
import threading
def work(n):
    here = threading.current_thread()
    own = threading.get_ident() == here.ident != threading.main_thread().ident
    done.append((n, here.name, here is threads[n], own))
done = []
threads = [threading.Thread(target=work, args=(n,), name=f't{n}') for n in range(3)]
for thread in threads: thread.start()
print(threading.active_count(), threads[0].is_alive())
for thread in threads: thread.join()
print(done[2], len(done), threads[0].is_alive(), threading.active_count(), threading.current_thread().name)
"""
    assert printed(sandbox, code) == ["4 True", "(2, 't2', True, True) 3 False 1 MainThread"]
    assert printed(sandbox, "threading.Thread(target=print, args=('at the end',)).start(); print('first')") == [
        "first",
        "at the end",
    ]


def test_an_exception_of_a_thread_is_told_and_the_program_goes_on(sandbox):
    result = sandbox.run(
        "import threading\ndef fail(): 1 / 0\nt = threading.Thread(target=fail, name='T'); t.start(); t.join(); 5"
    )
    assert (result.status, result.result) == ("ok", "5")
    assert result.stderr.startswith("Exception in thread T:\nTraceback")
    assert result.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert "offline_ci_guest" not in result.stderr
    code = "threading.excepthook = lambda args: print(args.exc_type.__name__, args.thread.name)\n"
    assert printed(sandbox, code + "t = threading.Thread(target=fail, name='U'); t.start(); t.join()") == [
        "ZeroDivisionError U"
    ]
    sandbox.run("threading.excepthook = threading.__excepthook__")


PATTERNS = {
    "workers that are started first and told to end": """
import queue, threading
jobs, results = queue.Queue(), []
def worker():
    while (job := jobs.get()) is not None:
        results.append(job * 2)
        jobs.task_done()
workers = [threading.Thread(target=worker) for _ in range(3)]
for w in workers: w.start()
for job in range(5): jobs.put(job)
jobs.join()
for _ in workers: jobs.put(None)
for w in workers: w.join()
print(results)
""",
    "daemons that wait for more": """
import queue, threading
jobs, results = queue.Queue(), []
def worker():
    while True:
        results.append(jobs.get() * 2)
        jobs.task_done()
for _ in range(2): threading.Thread(target=worker, daemon=True).start()
for job in range(5): jobs.put(job)
jobs.join()
print(results)
""",
    "a bounded queue": """
import queue, threading
pipe, results = queue.Queue(maxsize=2), []
def produce():
    for i in range(5): pipe.put(i)
    pipe.put(None)
def consume():
    while (item := pipe.get()) is not None: results.append(item * 2)
threads = [threading.Thread(target=consume), threading.Thread(target=produce)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(results)
""",
    "a condition": """
import threading
ready, items, results = threading.Condition(), [], []
def consume():
    with ready:
        while len(items) < 5: ready.wait()
        results.extend(2 * item for item in items)
def produce():
    for i in range(5):
        with ready:
            items.append(i)
            ready.notify()
threads = [threading.Thread(target=consume), threading.Thread(target=produce)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(results)
""",
    "an event that ends a loop": """
import threading, time
stop, results = threading.Event(), []
def monitor():
    while not stop.is_set(): time.sleep(0.01)
    results.extend(range(0, 10, 2))
watcher = threading.Thread(target=monitor)
watcher.start(); time.sleep(0.05); stop.set(); watcher.join()
print(results)
""",
    "a daemon that only looks on": """
import queue, threading, time
def beat():
    while True: time.sleep(0.01)
def watch():
    while not threading.Event().wait(0.01): pass
threading.Thread(target=beat, daemon=True).start(); threading.Thread(target=watch, daemon=True).start()
for _ in range(20): time.sleep(0.001)
jobs, results = queue.Queue(), []
threading.Thread(target=lambda: [results.append(2 * jobs.get()) or jobs.task_done() for _ in range(5)]).start()
for job in range(5): jobs.put(job)
jobs.join()
print(results)
""",
    "a wait with a limit, again and again": """
import threading, time
done, results = threading.Event(), []
def work():
    for n in range(5):
        time.sleep(0.05)
        results.append(2 * n)
    done.set()
threading.Thread(target=work, daemon=True).start()
while not done.wait(timeout=0.1): pass
print(results)
""",
    "polling": """
import threading, time
results = []
threading.Thread(target=lambda: results.extend(range(0, 10, 2))).start()
while not results: time.sleep(0.001)
print(results)
""",
    "a barrier": """
import threading
meeting, results = threading.Barrier(5), [None] * 5
def meet(n):
    meeting.wait()
    results[n] = 2 * n
threads = [threading.Thread(target=meet, args=(n,)) for n in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(results)
""",
    "an executor": """
from concurrent.futures import ThreadPoolExecutor, as_completed
with ThreadPoolExecutor(max_workers=2, initializer=lambda: None) as executor:
    futures = {executor.submit(lambda n: executor.submit(lambda: 2 * n).result(), n): n for n in range(5)}
    assert {future.result() for future in as_completed(futures)} == set(executor.map(lambda n: 2 * n, range(5)))
    assert type(executor.submit(lambda: 1 / 0).exception()) is ZeroDivisionError
print([future.result() for future in futures])
""",
    "a pool of threads": """
from multiprocessing.pool import ThreadPool
import multiprocessing.dummy
with ThreadPool(3) as pool:
    results = pool.map(lambda n: 2 * n, range(5))
    assert results == list(pool.imap(lambda n: 2 * n, range(5)))
    assert results == pool.starmap(lambda n, m: n + m, zip(range(5), range(5)))
    assert pool.apply_async(pow, (2, 3)).get(timeout=5) == 8
with multiprocessing.dummy.Pool() as pool: assert pool.map(str, [1]) == ['1']
print(results)
""",
    "a loop in a thread": """
import asyncio, threading
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()
async def double(n):
    await asyncio.sleep(0.001)
    return 2 * n
print([asyncio.run_coroutine_threadsafe(double(n), loop).result() for n in range(1)] + [2, 4, 6, 8])
""",
    "asyncio.run in a thread of a coroutine": """
import asyncio, threading
async def double(n):
    await asyncio.sleep(0.001)
    return 2 * n
async def outer():
    results = []
    thread = threading.Thread(target=lambda: results.extend(asyncio.run(double(n)) for n in range(5)))
    thread.start(); thread.join()
    return results
print(asyncio.run(outer()))
""",
    "timers": """
import threading
results, fired = [], threading.Event()
cancelled = threading.Timer(9, print); cancelled.start()
timer = threading.Timer(0.05, lambda: (results.extend(range(0, 10, 2)), fired.set())); timer.start()
cancelled.cancel()
assert not results and fired.wait(5)
print(results)
""",
    "joblib": """
from joblib import Parallel, delayed
results = Parallel(n_jobs=-1)(delayed(pow)(2, n) for n in range(3))
assert results == Parallel(n_jobs=2, prefer='threads')(delayed(pow)(2, n) for n in range(3)) == [1, 2, 4]
print([0, 2, 4, 6, 8])
""",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_programs_with_threads_end_as_elsewhere(sandbox, pattern):
    assert printed(sandbox, PATTERNS[pattern]) == ["[0, 2, 4, 6, 8]"]


@pytest.mark.parametrize(
    "wait",
    [
        "queue.Queue().get()",
        "queue.SimpleQueue().get()",
        "lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "threading.Event().wait()",
        "threading.Semaphore(0).acquire()",
        "concurrent.futures.Future().result()",
    ],
)
def test_a_wait_that_nothing_can_end_is_an_error(sandbox, wait):
    error = sandbox.run(f"import concurrent.futures, queue, threading\n{wait}").error
    assert (error.ename, error.evalue[:24]) == ("RuntimeError", "this would wait for ever")


def test_waits_with_a_limit_take_their_time(sandbox):
    code = "import queue, threading, time\nb = time.monotonic()\nlock = threading.Lock(); lock.acquire()\n"
    code += "print(lock.acquire(timeout=0.1), threading.Event().wait(0.1), lock.acquire(False))\n"
    code += "try: queue.Queue().get(timeout=0.1)\nexcept queue.Empty: print('empty', 0.3 <= time.monotonic() - b < 1)"
    assert printed(sandbox, code) == ["False False False", "empty True"]
    code = (
        "r = threading.RLock()\nwith r, r: print(r.acquire(False))\nt = threading.Thread(target=lambda: print('in'))\n"
    )
    assert printed(sandbox, code + "with r: t.start(); t.join()") == ["True", "in"]
    code = "local = threading.local(); local.x = 1\n"
    code += "t = threading.Thread(target=lambda: print(hasattr(local, 'x'))); t.start(); t.join()"
    assert printed(sandbox, code) == ["False"]


def test_threads_of_a_cell_that_failed_do_not_run_in_the_next_one(sandbox):
    sandbox.run("import threading; threading.Thread(target=print, args=('late',)).start(); 1 / 0")
    assert printed(sandbox, "t = threading.Thread(target=print, args=('own',)); t.start(); t.join()") == ["own"]
    result = sandbox.run("def endless():\n    while True: pass\nthreading.Thread(target=endless).start()", time_s=0.3)
    assert (result.status, result.rolled_back) == ("time_limit", True)
    assert printed(sandbox, "print(threading.active_count())") == ["1"]


PIPES = [
    ("os.read(r, 1)", "RuntimeError", "this would wait for ever"),
    ("os.fdopen(r, 'rb').read(1)", "OSError", "[Errno 16] Resource deadlock would occur"),
]


@pytest.mark.parametrize(("code", "name", "text"), PIPES)
def test_a_pipe_that_nobody_fills_or_empties_ends_the_wait(sandbox, code, name, text):
    error = sandbox.run(f"import os\nr, w = os.pipe()\n{code}").error
    assert (error.ename, text in error.evalue) == (name, True), error
    assert "offline_ci_guest" not in "".join(error.traceback)


def test_pipes_are_undone_with_their_cell(sandbox):
    sandbox.run("import os, time\nr, w = os.pipe()\nos.write(w, b'kept')")
    undone = sandbox.run("os.read(r, 9); os.write(w, b'lost'); os.close(w)\nwhile True: pass", time_s=0.5)
    assert undone.status == "time_limit"
    assert sandbox.run("os.write(w, b'!'), os.read(r, 9)").result == "(1, b'kept!')"
