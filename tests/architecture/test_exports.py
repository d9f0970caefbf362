"""The public names exist, and importing them costs nothing that is not used."""

import subprocess
import sys

import offline_ci


def test_every_public_name_can_be_imported():
    for name in offline_ci.__all__:
        assert getattr(offline_ci, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(offline_ci, "Nothing")


def test_the_facade_imports_nothing_heavy():
    code = (
        "import sys, offline_ci.cli.main; "
        "print(sorted({'wasmtime', 'llama_cpp', 'huggingface_hub', 'nbformat', 'rich', 'numpy'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_parent_of_a_worker_needs_no_engine():
    code = "import sys, offline_ci.sandbox.process, offline_ci.sandbox.sandbox; print('wasmtime' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
