import pytest

from offline_ci.llm.architectures import lacks

KNOWN = b"\x7fELF\0%s: key %s\0general.architecture\0llama\0nomic-bert\0qwen2\0"


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "libllama.so"
    path.write_bytes(KNOWN)
    return path


def test_a_name_that_is_not_in_the_library_is_unknown_to_it(library):
    assert lacks("qwen9", library)
    assert lacks("qwen", library)
    assert not lacks("qwen2", library)
    assert not lacks("bert", library), "a linker lets one string be the end of another"


def test_a_library_that_does_not_even_show_llama_tells_nothing(tmp_path):
    stripped = tmp_path / "stripped.so"
    stripped.write_bytes(b"\x7fELF")
    assert not lacks("qwen9", stripped)
    assert not lacks("qwen9", tmp_path / "gone.so")


def test_the_installed_library_is_asked():
    assert not any(map(lacks, ("llama", "qwen2", "qwen3moe", "phi3", "deepseek2", "granitehybrid")))
    assert lacks("no-such-architecture")
