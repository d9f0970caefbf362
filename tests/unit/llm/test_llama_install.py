"""Exchanging the build: what is tried is a small wheel, so that nothing is compiled; pip and the children are real."""

import subprocess
import sys
import zipfile

import pytest

from offline_ci.errors import ArtifactError, ModelLoadError
from offline_ci.llm.backends import BACKENDS
from offline_ci.llm.llama_cpp_look import look
from offline_ci.llm.llama_install import verify
from support.wheels import record_line

INFO = "llama_cpp_python-99.0.dist-info"
METADATA = b"Metadata-Version: 2.1\nName: llama-cpp-python\nVersion: 99.0\n"
TAGS = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

pytestmark = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", "import pip"], check=False, capture_output=True).returncode != 0,
    reason="this environment has no pip",
)


def wheel(folder, code):
    files = {
        "llama_cpp/__init__.py": b"",
        "llama_cpp/llama_cpp.py": code.encode(),
        f"{INFO}/METADATA": METADATA,
        f"{INFO}/WHEEL": TAGS,
    }
    path = folder / "llama_cpp_python-99.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        lines = [record_line(name, data) for name, data in files.items()]
        archive.writestr(f"{INFO}/RECORD", "\n".join([*lines, f"{INFO}/RECORD,,"]) + "\n")
    return path


@pytest.mark.slow
def test_a_build_that_does_not_work_never_takes_the_old_ones_place(tmp_path):
    code = "raise OSError('libcuda.so.1: cannot open shared object file')"
    with pytest.raises(ArtifactError, match=r"for NVIDIA's CUDA does not work: .*libcuda\.so\.1") as refused:
        verify(wheel(tmp_path, code), BACKENDS["cuda"])
    assert "The installed one stays as it is" in refused.value.hint
    assert "CPU" in look().backends


@pytest.mark.parametrize(
    ("code", "why"),
    [("import os\nos.kill(os.getpid(), 11)", "signal 11"), ("print('hello')\nraise SystemExit(0)", "status 0")],
)
def test_a_library_that_crashes_or_is_none_is_told(tmp_path, code, why):
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("")
    (tmp_path / "llama_cpp" / "llama_cpp.py").write_text(code)
    with pytest.raises(ModelLoadError, match=rf"cannot tell what it sees \({why}\)"):
        look({"PYTHONPATH": str(tmp_path)})
