"""The command line called in this process, as a script would call it."""

from dataclasses import dataclass

import pytest

from offline_ci.cli.run import run


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
