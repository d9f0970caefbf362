import os
import sys

from offline_ci import _env
from offline_ci.llm._hardware import ThreadChoice, available_memory_bytes, choose_threads, default_threads


def topology(folder, siblings):
    for cpu, text in siblings.items():
        path = folder / f"cpu{cpu}" / "topology"
        path.mkdir(parents=True)
        (path / "core_cpus_list").write_text(text + "\n")


def test_one_thread_for_each_core_not_hyper_thread(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(_env, "usable_cpus", lambda: 4)
    topology(tmp_path, {0: "0,2", 1: "1,3", 2: "0,2", 3: "1,3"})
    assert default_threads(tmp_path) == 2
    assert choose_threads(tmp_path) == ThreadChoice(n_threads=2, n_cpus=4, n_cores=2, n_quota=0)


def test_a_quota_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(_env, "usable_cpus", lambda: 3)
    assert default_threads(tmp_path) == 3
    monkeypatch.setattr(_env, "usable_cpus", lambda: 1)
    assert default_threads(tmp_path) == 1
    assert choose_threads(tmp_path) == ThreadChoice(n_threads=1, n_cpus=4, n_cores=4, n_quota=1)


def test_memory_is_the_smaller_of_machine_and_control_group(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 100 kB\nMemAvailable:   50 kB\n")
    assert available_memory_bytes(meminfo, tmp_path) == 50 << 10
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1000\n")
    assert available_memory_bytes(meminfo, tmp_path) == 50 << 10
    (tmp_path / "memory.max").write_text("3000\n")
    assert available_memory_bytes(meminfo, tmp_path) == 2000
    (tmp_path / "memory.max").write_text("500\n")
    assert available_memory_bytes(meminfo, tmp_path) == 0


def test_memory_is_boundless_where_nothing_tells(tmp_path):
    assert available_memory_bytes(tmp_path / "none", tmp_path) == sys.maxsize


def test_this_machine_has_threads_and_memory():
    assert 1 <= default_threads() <= _env.usable_cpus()
    assert available_memory_bytes() > 1 << 26
