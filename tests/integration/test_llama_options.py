"""llama.cpp's own settings, with real llama.cpp and the small model."""

import pytest

from offline_ci.errors import UsageError
from offline_ci.llm import speed
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.llama_cpp_devices import backends, read_devices
from offline_ci.llm.llama_options import parse
from offline_ci.llm.speed_trial import measure
from support.real_models import small

pytestmark = pytest.mark.model

SYSTEM = Message("system", "You are careful. " + "Files are in the folder data. " * 9)
TALK = [SYSTEM, Message("user", "Say hello.")]
SHORT = GenerationParams(max_tokens=4)


def write(cache, *settings):
    """What a new model writes, the tokens of the prompt that it had on disk, and the size of what it evaluated."""
    file = small()
    options = {"n_ctx": 512, "gpu_layers": 0, "cache": cache, "options": parse(settings)}
    model = LlamaCppModel(file.path, name=file.name, sha256=file.sha256, **options)
    try:
        done = model.generate(TALK, SHORT)
        return done.text, done.cached_tokens, len(model._session._lanes.held.state()), model.info.warnings
    finally:
        model.close()


def test_a_smaller_cache_has_states_of_its_own(tmp_path):
    _, cached, n_bytes, _ = write(tmp_path)
    assert cached == 0
    text, cached, n_small, warnings = write(tmp_path, "ctk=q8_0", "ctv=q8_0")
    # Never those that were evaluated otherwise, and its own the second time.
    assert (cached, warnings, bool(text)) == (0, (), True)
    assert 0.5 < n_small / n_bytes < 0.6
    again, cached, _, _ = write(tmp_path, "ctk=q8_0", "ctv=q8_0")
    assert (again, cached > 64) == (text, True)
    assert write(tmp_path, "fa=on", "t=1")[1] == 0


def test_the_file_need_not_be_mapped(tmp_path):
    assert write(tmp_path, "no-mmap")[0] == write(tmp_path)[0]


def test_a_gpu_that_is_not_there_is_no_error_on_a_machine_without(tmp_path):
    if any(device.kind in {"gpu", "igpu"} for device in read_devices()):
        pytest.skip("This machine has a GPU.")
    assert write(tmp_path, "mg=3", "ts=1,1")[3] == ()


def test_llama_cpps_lists():
    devices = read_devices()
    assert "CPU" in backends()
    assert any(device.kind == "cpu" and device.total_bytes > 1 << 28 for device in devices)
    assert [device.index for device in devices] == list(range(len(devices)))


def test_the_speed_is_measured(tmp_path, monkeypatch):
    file = small()
    found = measure(file, seconds=1)
    assert (found.model, found.file_bytes, found.gpu_layers) == (file.name, file.size_bytes, 0)
    assert found.tokens_per_s > 0
    assert found.prompt_tokens_per_s > 0
    monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path))
    speed.remember(found)
    assert speed.last() == found


def test_values_that_exclude_each_other_are_refused_before_loading():
    with pytest.raises(UsageError, match="needs flash attention"):
        parse(["ctv=q4_0", "fa=off"])
