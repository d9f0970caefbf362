"""The sandbox opens while the model loads: whichever of them fails, nothing of the other stays behind."""

import os
from pathlib import Path

import pytest

from offline_ci.errors import ArtifactError, ModelLoadError
from offline_ci.interpreter import CodeInterpreter
from offline_ci.llm.scripted import ScriptedModel
from support.processes import children

pytestmark = pytest.mark.runtime


def test_a_model_that_cannot_be_loaded_leaves_no_sandbox(tmp_path):
    before = children()
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelLoadError):
        CodeInterpreter(tmp_path / "broken.gguf")
    assert children() == before


@pytest.mark.model
def test_a_sandbox_that_cannot_be_opened_leaves_no_model(tmp_path, monkeypatch):
    model = Path(os.environ.get("OFFLINE_CI_HOME", Path.home() / ".local/share/offline-ci")) / "models"
    smallest = min(model.glob("*.gguf"), key=lambda path: path.stat().st_size)
    before = children()
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path / "nothing"))
    with pytest.raises(ArtifactError, match="setup"):
        CodeInterpreter(smallest)
    assert children() == before


def test_both_are_there_and_are_closed():
    before = children()
    model = ScriptedModel(lambda _messages, prefill: "print(6 * 7)\n```" if prefill else "42.")
    with CodeInterpreter(model) as interpreter:
        assert interpreter.ask("What is 6 times 7?").text == "42."
        assert len(children() - before) == 1
    assert children() == before
