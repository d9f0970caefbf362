"""A build for Vulkan on Mesa's software device: what a GPU does, slowly."""

import dataclasses
import json
import subprocess
import sys
import time

import pytest

from offline_ci.llm import llama_cpp_settings, probe
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.devices import usable_gpus
from offline_ci.llm.fitting import Offload
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.llama_cpp_devices import backends, read_devices
from offline_ci.llm.llama_options import DEFAULTS, parse
from support.real_models import small

pytestmark = pytest.mark.timeout(900)
TALK = [Message("user", "Say hello.")]
N_LAYERS = 31


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    """Verdicts of their own, which spare all tests but the first the trial; the model is the real home's."""
    file = small()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OFFLINE_CI_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr(probe, "TIMEOUT_S", 600.0)  # for GPUs it is two minutes
        yield file


def write(file, *, gpu_layers, settings=()):
    model = LlamaCppModel(file.path, sha256=file.sha256, n_ctx=256, gpu_layers=gpu_layers, options=parse(settings))
    try:
        return model.generate(TALK, GenerationParams(max_tokens=3)).text, model.info
    finally:
        model.close()


def software_device():
    return next(device for device in read_devices() if device.backend == "Vulkan")


def test_the_device_is_seen_and_known_for_what_it_is():
    device = software_device()
    assert "Vulkan" in backends()
    assert device.is_software
    assert 0 < device.free_bytes <= device.total_bytes
    assert usable_gpus(read_devices()) == []


def test_auto_does_not_take_it(home):
    _, info = write(home, gpu_layers="auto")
    assert (info.gpu_layers, info.warnings) == (0, ())


@pytest.mark.parametrize("settings", [(), ("ctk=q8_0", "ctv=q8_0")], ids=["auto", "q8_0"])
@pytest.mark.parametrize("gpu_layers", [99, 5])
def test_layers_there_write_sense(home, gpu_layers, settings):
    """The processor rounds otherwise, so the same answer may have other words; it begins alike."""
    text, info = write(home, gpu_layers=gpu_layers, settings=settings)
    assert (info.gpu_layers, info.warnings) == (min(gpu_layers, N_LAYERS), ())
    assert text.startswith("Hello")


def test_a_child_tries_it_and_the_verdict_is_kept(home):
    offload = Offload((software_device().index,), (N_LAYERS,))
    seconds = []
    for _ in range(2):
        begin = time.monotonic()
        assert probe.gpu_works(home.path, offload, DEFAULTS, 64, model_id="m", build_id="b", gpus="llvmpipe")
        seconds.append(time.monotonic() - begin)
    assert seconds[1] < 0.1 < seconds[0]


SMALL_BUFFERS = """
import dataclasses, json, pathlib, sys
from offline_ci.llm import llama_cpp_settings
from offline_ci.llm.llama_cpp import LlamaCppModel
from offline_ci.llm.llama_cpp_devices import read_devices
real = [dataclasses.replace(device, description="a GPU") for device in read_devices()]
llama_cpp_settings.read_devices = lambda: real
model = LlamaCppModel(pathlib.Path(sys.argv[1]), n_ctx=8192)
print(json.dumps([model.info.gpu_layers, model.info.warnings]))
model.close()
"""


def test_what_cannot_be_allocated_is_tried_with_less_and_each_step_is_told(home, monkeypatch):
    """The driver is made to refuse buffers as large as the KV cache of one layer."""
    monkeypatch.setenv("GGML_VK_FORCE_MAX_BUFFER_SIZE", f"{2 << 20}")
    monkeypatch.setenv("GGML_VK_SUBALLOCATION_BLOCK_SIZE", f"{2 << 20}")
    command = [sys.executable, "-c", SMALL_BUFFERS, str(home.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    gpu_layers, warnings = json.loads(done.stdout)
    assert gpu_layers == 0
    places = [f"{n} of 31 layers on Vulkan0 (a GPU)" for n in (31, 23, 15, 7)]
    assert warnings[:4] == [
        f"There was no memory for {place} after all; trying {following}."
        for place, following in zip(places, [*places[1:], "the processor alone"], strict=True)
    ]
    assert warnings[4].startswith("The model runs on the processor alone: Vulkan0 has ")


def test_a_device_that_is_taken_for_real_is_used_by_auto(home, monkeypatch):
    real = [dataclasses.replace(device, description="a GPU") for device in read_devices()]
    monkeypatch.setattr(llama_cpp_settings, "read_devices", lambda: real)
    _, info = write(home, gpu_layers="auto")
    assert info.gpu_layers == N_LAYERS
