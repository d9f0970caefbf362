import io

import pytest
from interpreter_results import changes, find_baseline, load, open_results, summary, table
from interpreter_run import Record
from rich.console import Console

HEADER = {"mode": "loop", "model": "tiny", "cases": 3, "seeds": [1], "date": "2026-01-02T03:04:05+00:00"}


def records(*passed):
    return [Record(f"kind/{i}", 1, ok, "" if ok else "too small", seconds=i) for i, ok in enumerate(passed)]


def test_a_run_that_was_killed_goes_on(tmp_path):
    results = open_results(HEADER, tmp_path)
    results.add(records(True)[0])
    with results.path.open("a") as file:
        file.write('{"id": "kind/1", "se')
    resumed = open_results({**HEADER, "date": "2026-01-03T00:00:00+00:00"}, tmp_path)
    assert resumed.path == results.path
    assert resumed.records == records(True)
    resumed.add(records(True, False)[1])
    assert load(results.path).records == records(True, False)


@pytest.mark.parametrize("change", [{"seeds": [1, 2]}, {"model_sha256": "f"}, {"mode": "plain"}])
def test_another_run_gets_a_file_of_its_own(tmp_path, change):
    first = open_results(HEADER, tmp_path)
    assert open_results({**HEADER, "date": "2026-02-02T03:04:05+00:00", **change}, tmp_path).path != first.path


def test_a_finished_run_is_not_gone_on_with(tmp_path):
    first = open_results(HEADER, tmp_path)
    for record in records(True, True, False):
        first.add(record)
    assert first.finished
    later = {**HEADER, "date": "2026-02-02T03:04:05+00:00"}
    assert open_results(later, tmp_path).path != first.path


def test_fresh_runs_begin_anew(tmp_path):
    first = open_results(HEADER, tmp_path)
    later = {**HEADER, "date": "2026-02-02T03:04:05+00:00"}
    assert open_results(later, tmp_path, fresh=True).path != first.path


def test_the_baseline_is_the_newest_plain_run_that_has_all_the_tasks(tmp_path):
    run = open_results(HEADER, tmp_path)
    run.records = records(True, True, True)
    assert find_baseline(run, tmp_path) is None
    for day, n in (("01", 3), ("02", 3), ("03", 2)):
        header = {**HEADER, "mode": "plain", "date": f"2026-01-{day}T00:00:00+00:00"}
        results = open_results(header, tmp_path, fresh=True)
        for record in records(True, False, True)[:n]:
            results.add(record)
    assert find_baseline(run, tmp_path).path.name == "interpreter-plain-tiny-20260102T000000.jsonl"


def test_the_table_and_what_changed(tmp_path):
    before = open_results({**HEADER, "mode": "plain"}, tmp_path)
    after = open_results(HEADER, tmp_path)
    before.records = [*records(True, False, False), Record("kind/9", 1, passed=True)]
    after.records = records(False, True, False)
    assert changes(before, after) == ["- kind/0 seed 1: too small", "+ kind/1 seed 1: too small"]
    console = Console(file=io.StringIO(), width=140)
    console.print(table(after, before))
    shown = console.file.getvalue()
    assert "plain tiny" in shown
    assert shown.count("1/3 = 33.3 % (95 %: 6.1 to 79.2)") == 2
    assert summary([]) == "0/0 = 0.0 % (95 %: 0.0 to 100.0)"
