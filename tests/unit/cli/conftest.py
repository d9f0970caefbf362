"""The command line called in this process, as a script would call it."""

from dataclasses import dataclass

import pytest

from offline_ci.cli.run import run
from support.scripted_sandbox import ok
from support.talk import Talk


@dataclass
class Ended:
    status: int
    out: str
    err: str


@pytest.fixture
def cli(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        status = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Ended(status, captured.out, captured.err)

    return call


@pytest.fixture
def refused(cli):
    """A call that must end with one paragraph on standard error and nothing else; gives the paragraph."""

    def call(status, *arguments):
        ended = cli(*arguments)
        assert (ended.status, ended.out) == (status, "")
        assert ended.err.startswith("offline-ci: ")
        assert ended.err.count("\n") == 1, ended.err
        assert "Traceback" not in ended.err
        return ended.err.removeprefix("offline-ci: ").rstrip("\n")

    return call


@pytest.fixture
def talk_of(tmp_path, monkeypatch):
    """A chat with a scripted model; arguments: how many cells go well, or the results of each."""
    monkeypatch.chdir(tmp_path)

    def make(n_turns=0, *results, **options):
        return Talk(tmp_path / "out", *(results or [ok("1\n") for _ in range(n_turns)]), **options)

    return make
