import json
import signal
import sys
import time

import pytest

from offline_ci import _env
from offline_ci.errors import ModelLoadError
from offline_ci.llm import probe
from offline_ci.llm.probe import Outcome

DIE = "import os, sys, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), {})"


def child(code):
    return [sys.executable, "-I", "-c", code]


def dies(number):
    return child(DIE.format(int(number)))


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "probe" / "verdict.json"


class Children:
    """Real processes: ``fast`` with use_extra_bufts, ``safe`` without; counts how many were started."""

    def __init__(self, fast, safe=None):
        self.commands = {True: fast, False: safe or child("raise SystemExit(9)")}
        self.asked = []

    def __call__(self, extra):
        self.asked.append(extra)
        return self.commands[extra]


@pytest.mark.parametrize(
    "number", [signal.SIGSEGV, signal.SIGILL, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE], ids=lambda s: s.name
)
def test_a_child_that_dies_of_a_crash_signal_has_crashed(number):
    assert probe.run_child(dies(number), timeout_s=30) is Outcome.CRASHED


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_other_signals_say_nothing(number):
    assert probe.run_child(dies(number), timeout_s=30) is Outcome.UNKNOWN


def test_a_child_that_ends_well_works_and_one_that_refuses_says_nothing():
    assert probe.run_child(child("pass"), timeout_s=30) is Outcome.WORKS
    assert probe.run_child(child("raise SystemExit(3)"), timeout_s=30) is Outcome.UNKNOWN
    assert probe.run_child(["/no/such/program"], timeout_s=30) is Outcome.UNKNOWN


def test_a_child_that_hangs_is_ended():
    begin = time.monotonic()
    assert probe.run_child(child("import time; time.sleep(60)"), timeout_s=0.5) is Outcome.UNKNOWN
    assert time.monotonic() - begin < 20


def test_a_crash_falls_back_and_is_remembered(memory):
    children = Children(dies(signal.SIGSEGV), child("pass"))
    assert probe.decide(children, memory=memory) is False
    assert children.asked == [True, False]
    assert json.loads(memory.read_text()) == {"use_extra_bufts": False, "cpu": _env.cpu_name()}
    assert probe.decide(children, memory=memory) is False
    assert children.asked == [True, False]


def test_success_is_remembered(memory):
    children = Children(child("pass"))
    assert [probe.decide(children, memory=memory) for _ in range(2)] == [True, True]
    assert children.asked == [True]


def test_a_crash_both_ways_is_an_error_with_the_mend(memory):
    children = Children(dies(signal.SIGSEGV), dies(signal.SIGSEGV))
    with pytest.raises(ModelLoadError) as caught:
        probe.decide(children, memory=memory)
    assert "crashes on this processor" in caught.value.message
    assert f"`{probe.BUILD_WITHOUT_AMX}`" in caught.value.hint
    assert not memory.exists()


def test_a_doubtful_end_is_safe_and_asked_again(memory):
    children = Children(dies(signal.SIGKILL))
    assert [probe.decide(children, memory=memory) for _ in range(2)] == [False, False]
    assert children.asked == [True, True]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"use_extra_bufts": 1}', "\0"])
def test_a_damaged_memory_is_asked_anew(memory, text):
    memory.parent.mkdir()
    memory.write_text(text)
    assert probe.decide(Children(child("pass")), memory=memory) is True
    assert json.loads(memory.read_text())["use_extra_bufts"] is True


def test_a_memory_that_cannot_be_written_does_not_matter(tmp_path):
    (tmp_path / "file").touch()
    assert probe.decide(Children(child("pass")), memory=tmp_path / "file" / "verdict.json") is True


def test_only_a_build_with_amx_is_probed(monkeypatch):
    amx = "CPU : AVX512 = 1 | AMX_INT8 = 1 | REPACK = 1 |"
    monkeypatch.setattr(_env, "cpu_flags", lambda: frozenset({"avx2", "amx_tile"}))
    assert probe.needs_probe(amx)
    assert not probe.needs_probe("CPU : AVX512 = 1 | REPACK = 1 |")
    monkeypatch.setattr(_env, "cpu_flags", lambda: frozenset({"avx2"}))
    assert not probe.needs_probe(amx)


def test_a_crash_of_the_real_child_is_survived(tmp_path):
    """The child's interpreter dies before llama.cpp is reached: what a broken library does at import."""
    command = probe.child_command(tmp_path / "none.gguf", True)
    command[1:3] = ["-c", DIE.format(int(signal.SIGSEGV))]
    assert probe.run_child(command, timeout_s=30) is Outcome.CRASHED
