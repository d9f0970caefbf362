"""The script that builds llama.cpp: everything but the compilation itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from offline_ci.llm import llama_build

SCRIPT = Path(__file__).parents[3] / "tools" / "build_llama_wheel.py"
NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"


@pytest.fixture
def tool():
    return llama_build


@pytest.fixture
def compilers(tmp_path):
    """Two that know the AMX flags and one that knows none, as programs."""

    def make(name, accepts):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\ncase \"$*\" in *mno-amx*) exit {0 if accepts else 1};; esac\necho '{name} 12.2'\n")
        path.chmod(0o755)
        return [str(path)]

    return {"new": make("new", accepts=True), "old": make("old", accepts=False)}


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        timeout=60,
        check=False,
    )


def test_amx_is_left_out_where_the_compiler_knows_it(tool, compilers, monkeypatch):
    monkeypatch.setattr(tool.platform, "machine", lambda: "x86_64")
    arguments = tool.cmake_arguments(compilers["new"], compilers["old"], {})
    assert f"-DCMAKE_C_FLAGS={NO_AMX}" in arguments
    assert not any(argument.startswith("-DCMAKE_CXX_FLAGS") for argument in arguments)
    monkeypatch.setattr(tool.platform, "machine", lambda: "aarch64")
    assert not any("amx" in argument for argument in tool.cmake_arguments(compilers["new"], compilers["new"], {}))


def test_a_back_ends_arguments_come_before_the_users(tool, compilers):
    environment = {"CMAKE_ARGS": "-DGGML_CUDA=off"}
    arguments = tool.cmake_arguments(compilers["old"], compilers["old"], environment, ["-DGGML_CUDA=on"])
    assert arguments[-2:] == ["-DGGML_CUDA=on", "-DGGML_CUDA=off"]


def test_the_users_arguments_come_last_and_their_flags_are_kept(tool, compilers, monkeypatch):
    monkeypatch.setattr(tool.platform, "machine", lambda: "x86_64")
    environment = {
        "CMAKE_ARGS": "-DGGML_CUDA=on -DCMAKE_C_FLAGS='-O2 -g' -DLLAVA_BUILD=ON",
        "CFLAGS": "-fno-plt",
        "CXXFLAGS": "-pipe",
    }
    arguments = tool.cmake_arguments(compilers["new"], compilers["new"], environment)
    assert arguments.index("-DLLAVA_BUILD=ON") > arguments.index("-DLLAVA_BUILD=OFF")
    assert "-DGGML_CUDA=on" in arguments
    assert f"-DCMAKE_C_FLAGS=-fno-plt {NO_AMX} -O2 -g" in arguments
    assert f"-DCMAKE_CXX_FLAGS=-pipe {NO_AMX}" in arguments
    assert sum(argument.startswith("-DCMAKE_C_FLAGS") for argument in arguments) == 1


def test_the_key_follows_arguments_compiler_and_processor(tool, compilers, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    new, old = compilers["new"], compilers["old"]
    folders = {tool.cache_folder(new, new, []), tool.cache_folder(new, old, []), tool.cache_folder(new, new, ["-DX=1"])}
    monkeypatch.setattr(tool, "cpu_identity", lambda: "another processor")
    folders.add(tool.cache_folder(new, new, []))
    assert len(folders) == 4
    assert {folder.parent for folder in folders} == {tmp_path / "offline-ci" / "wheels"}


def test_no_compiler_is_an_error_with_the_mend():
    done = run(CC="/no/such/cc")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No C compiler found (CC=/no/such/cc)" in done.stderr
    assert "sudo apt-get install build-essential cmake" in done.stderr


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    done = run(XDG_CACHE_HOME=str(tmp_path / "file"))
    assert done.returncode == 1
    assert f"The cache folder {tmp_path}/file/offline-ci/wheels/" in done.stderr
    assert "Set XDG_CACHE_HOME" in done.stderr


def test_a_finished_wheel_is_found_at_once(tool, compilers, tmp_path):
    environment = {"XDG_CACHE_HOME": str(tmp_path), "CC": compilers["new"][0], "CXX": compilers["new"][0]}
    missing = run("--no-build", **environment)
    assert missing.returncode == 1
    folder = Path(missing.stderr.split("it would be in ")[1].split("). Run")[0])
    folder.mkdir(parents=True)
    wheel = folder / f"llama_cpp_python-{tool.VERSION}-py3-none-linux_x86_64.whl"
    wheel.touch()
    done = run("--print-path", **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{wheel}\n", "")
    assert f"-m pip install {wheel}" in run(**environment).stdout


@pytest.mark.parametrize(
    ("log", "mend"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "other bytes than the pinned"),
        ("ERROR: No matching distribution found for llama-cpp-python==0.3.36", "package index cannot be reached"),
        ("/usr/bin/python3: No module named pip", "sudo apt-get install python3-pip"),
        ("fatal error: error writing to x.s: No space left on device", "The disk is full"),
        ("CMake Error: CMAKE_CXX_COMPILER not set, after EnableLanguage", "build-essential"),
        ("c++: fatal error: Killed signal terminated program cc1plus", "out of memory"),
        ('Target "ggml-cuda" links to: CUDA::cublas but the target was not found', "libcublas-dev"),
        ('CUDA_ARCHITECTURES is set to "native", but no GPU was detected.', "CMAKE_CUDA_ARCHITECTURES=89"),
        ("CMake Error: No CMAKE_CUDA_COMPILER could be found.", "does not go with this compiler"),
        ("ggml-vulkan.cpp:5214:21: error: 'LayerSettingEXT' is not a member of 'vk'", "headers are too old"),
        ("Could NOT find Vulkan (missing: Vulkan_LIBRARY glslc)", "sudo apt-get install libvulkan-dev"),
        ("CMake Error: No CMAKE_HIP_COMPILER could be found.", "AMD's ROCm is missing"),
        ("something else", "Remove what you set in CMAKE_ARGS"),
    ],
)
def test_a_failed_build_says_why_and_shows_the_log(tool, tmp_path, log, mend):
    path = tmp_path / "build.log"
    path.write_text("\n".join(f"line {n}" for n in range(100)) + f"\n{log}\n")
    text = tool.explain(path)
    assert mend in text
    assert f"  | {log}" in text
    assert "line 10\n" not in text
    assert text.endswith(f"The whole log: {path}")


def test_the_version_is_the_one_that_the_package_asks_for(tool):
    pyproject = (SCRIPT.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"llama-cpp-python>={tool.VERSION},<0.4"' in pyproject
