"""The registry against the import section of the pinned main module, copied to ``tests/data``.

``tests/integration`` holds the copy against the real module.
"""

import inspect
import json
import re
from pathlib import Path

import pytest

from offline_ci.emscripten import functions
from offline_ci.emscripten.functions import HOST_FUNCTIONS
from offline_ci.emscripten.registry import Convention, Registry, Support

IMPORTS = json.loads((Path(__file__).parents[2] / "data" / "main_imports.json").read_text())
LETTERS = str.maketrans("p", "i")


def test_every_import_of_main_has_a_function_of_its_type():
    for module, name, signature in IMPORTS:
        function = HOST_FUNCTIONS.find(name)
        assert function is not None, f"{module}.{name} is missing"
        assert (function.module, function.signature.translate(LETTERS)) == (module, signature), name


def test_every_function_is_imported_by_main():
    assert {f.name for f in HOST_FUNCTIONS} == {name for _, name, _ in IMPORTS}


@pytest.mark.parametrize("function", list(HOST_FUNCTIONS), ids=lambda f: f.name)
def test_every_function_is_described(function):
    assert re.fullmatch("[vipjdfe][ipjdfe]*", function.signature)
    assert function.handler.__module__.startswith("offline_ci.emscripten.")
    if function.support is not Support.FULL:
        assert function.note, "what is left out is told"
    if function.name.startswith("__syscall_"):
        assert function.convention is Convention.SYSCALL
    if function.module == "wasi_snapshot_preview1":
        assert function.convention is Convention.WASI


@pytest.mark.parametrize("function", list(HOST_FUNCTIONS), ids=lambda f: f.name)
def test_handlers_take_what_their_signature_says(function):
    inspect.signature(function.handler).bind(object(), *function.signature[1:])


def test_a_name_is_defined_once():
    registry = Registry()
    registry.register("f", "v")(lambda host: None)
    with pytest.raises(ValueError, match="f is defined twice"):
        registry.register("f", "v")(lambda host: None)
    assert len(registry) == 1


def test_all_modules_with_functions_are_collected():
    assert {m.__name__.rpartition(".")[2] for m in functions.DEFINED_IN} == {"ffi", "jsffi", "ldso", "syscalls", "wasi"}
