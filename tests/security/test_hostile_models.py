"""Model files made to do harm: each is refused with the reason, in bounded time, and no process of ours crashes.

They are the real small model with another header. That llama.cpp itself aborts on the first ones is the control.
"""

import random
import struct
import subprocess
import sys

import pytest

from offline_ci.interpreter.loaded_model import resolve_model
from offline_ci.llm.probe import Outcome, child_command, run_child
from support.command_line import call

pytestmark = [pytest.mark.model, pytest.mark.runtime]

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9
ABORTS = {
    "no blocks": ("llama.block_count", "<I", 0),
    "billions of blocks": ("llama.block_count", "<I", 0xFFFFFFFF),
    "a norm that is no number": ("llama.attention.layer_norm_rms_epsilon", "<f", float("nan")),
    "a negative norm": ("llama.attention.layer_norm_rms_epsilon", "<f", -1.0),
}
REFUSED = {
    "no heads": ("llama.attention.head_count", "<I", 0),
    "more heads than numbers": ("llama.attention.head_count", "<I", 0x7FFFFFFF),
    "billions of numbers": ("llama.embedding_length", "<I", 0xFFFFFFFF),
    "nothing between the layers": ("llama.feed_forward_length", "<I", 0),
}
ENDLESS = "{% for i in range(10 ** 9) %}{% for j in range(10 ** 9) %}x{% endfor %}{% endfor %}"
ESCAPE = "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ cycler.__init__.__globals__.os.system('touch owned') }}"


@pytest.fixture(scope="module")
def original():
    return resolve_model("smollm2-135m-instruct").path.read_bytes()


@pytest.fixture(scope="module")
def places(original):
    """Where each value of the header lies."""
    found, at = {}, 24
    (n_pairs,) = struct.unpack_from("<Q", original, 16)
    for _ in range(n_pairs):
        (n,) = struct.unpack_from("<Q", original, at)
        key = original[at + 8 : at + 8 + n].decode()
        (kind,) = struct.unpack_from("<I", original, at + 8 + n)
        found[key] = at + 12 + n
        at = _behind(original, kind, found[key])
    return found | {"": at}


def _behind(data, kind, at):
    if kind == _STRING:
        return at + 8 + struct.unpack_from("<Q", data, at)[0]
    if kind == _ARRAY:
        kind, n = struct.unpack_from("<IQ", data, at)
        at += 12
        for _ in range(n):
            at = _behind(data, kind, at)
        return at
    return at + _SIZES[kind]


def changed(tmp_path, original, place, form, value):
    path = tmp_path / "evil.gguf"
    data = bytearray(original)
    struct.pack_into(form, data, place, value)
    path.write_bytes(data)
    return path


def ask(path, tmp_path):
    return call("ask", "--model", path, "What is 1 + 1?", cwd=tmp_path, timeout=120)


@pytest.mark.parametrize(("key", "form", "value"), ABORTS.values(), ids=ABORTS)
def test_a_file_on_which_llama_cpp_aborts_is_refused(original, places, tmp_path, key, form, value):
    path = changed(tmp_path, original, places[key], form, value)
    assert run_child(child_command(path, extra_bufts=False, n_tokens=1), timeout_s=100) is Outcome.CRASHED
    refused = ask(path, tmp_path)
    assert (refused.status, refused.out) == (4, "")
    assert f"llama.cpp crashes when it loads {path}: the file is damaged, or made to do harm." in refused.err


@pytest.mark.parametrize(("key", "form", "value"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_contradicts_itself_is_refused(original, places, tmp_path, key, form, value):
    refused = ask(changed(tmp_path, original, places[key], form, value), tmp_path)
    assert (refused.status, refused.out) == (4, "")
    assert "evil.gguf" in refused.err
    assert "bug" not in refused.err


@pytest.mark.parametrize("template", [ENDLESS, ESCAPE], ids=["endless", "escape"])
def test_a_template_that_is_a_program_is_not_used(original, places, tmp_path, template):
    place = places["tokenizer.chat_template"]
    (n,) = struct.unpack_from("<Q", original, place)
    path = tmp_path / "evil.gguf"
    path.write_bytes(original[: place + 8] + template.encode().ljust(n) + original[place + 8 + n :])
    answered = ask(path, tmp_path)
    assert answered.status in {0, 1}, answered.err  # with a template of ours; the model is small
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_header_never_crashes_or_hangs_us(original, places, tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311
    data = bytearray(original)
    for _ in range(rng.randint(1, 30)):
        at = rng.randrange(24, places[""])
        data[at] = rng.randrange(256)
    path = tmp_path / "evil.gguf"
    path.write_bytes(data)
    program = (
        "import sys\nfrom pathlib import Path\nfrom offline_ci.errors import ModelLoadError\n"
        "from offline_ci.artifacts.models import ResolvedModel\n"
        "from offline_ci.llm.llama_cpp import LlamaCppModel, try_out\n"
        "path = Path(sys.argv[1])\n"
        "evil = ResolvedModel('evil', path, sys.argv[2], path.stat().st_size)\n"
        "try:\n    try_out(evil)\n    LlamaCppModel(path, n_ctx=512).close()\n"
        "except ModelLoadError as error:\n    print(error)\n"
    )
    command = [sys.executable, "-c", program, str(path), f"damaged {seed}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
