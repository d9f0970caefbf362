"""Lines of JSON, whatever is in their texts."""

from pathlib import Path

import pytest

from offline_ci.bench.formats import read_task
from offline_ci.bench.generate import Decoding
from offline_ci.bench.lines import read_lines, whole_lines
from offline_ci.bench.records import Record, RunFolder, new_header
from offline_ci.bench.samples import Sample, read_samples, write_samples
from offline_ci.bench.tasks import Suite
from offline_ci.errors import UsageError
from offline_ci.llm.base import ModelInfo

# What ``str.splitlines`` takes for a line's end besides a newline.
ENDS = "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\rj"
TASK = {"task_id": "T/0", "prompt": "def f():\n", "entry_point": "f", "test": "def check(c): ..."}
SUITE = Suite("mine", "0" * 64, {"T/0": read_task(TASK)})


def test_a_record_comes_back_whatever_its_program_holds(tmp_path):
    header = new_header(SUITE, ModelInfo("m", "1" * 64, n_ctx=1, gpu_layers=0), Decoding(), 1, 1, 1)
    run = RunFolder.create(tmp_path, header)
    run.add(Record("T/0", 0, f"def f(): return {ENDS!r}  # {ENDS}", "FAIL", "exception", ENDS))
    assert RunFolder.read(run.folder).records == run.records


def test_a_sample_comes_back_whatever_its_program_holds(tmp_path):
    samples = [Sample("T/0", ENDS), Sample("T/0", "x")]
    write_samples(tmp_path / "s.jsonl", samples)
    assert read_samples(tmp_path / "s.jsonl", SUITE) == samples


def test_a_line_that_was_cut_off_is_left_out():
    assert whole_lines("") == []
    assert whole_lines("half") == []
    assert whole_lines("1\n\u20282\nhalf") == ["1", "\u20282"]


def test_lines_are_numbered_as_editors_number_them():
    lines = list(read_lines('1\n\n"\u2028"\r\n3', lambda value: value, path=Path("f"), kind="value", hint=""))
    assert lines == [(1, 1), (3, "\u2028"), (4, 3)]
    with pytest.raises(UsageError, match=r"^f, line 2 is no value: "):
        list(read_lines("1\n{", lambda value: value, path=Path("f"), kind="value", hint=""))
