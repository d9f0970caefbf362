"""The host functions against the import section of the built main module."""

import json
from pathlib import Path

import pytest
import wasmtime

from offline_ci.engine.compile_cache import load_compiled
from offline_ci.pyodide.installed import installed_runtime

pytestmark = pytest.mark.runtime

COPY = Path(__file__).parents[1] / "data" / "main_imports.json"
LETTERS = {"i32": "i", "i64": "j", "f32": "f", "f64": "d"}


def letters(type_):
    results = [LETTERS.get(str(t), "e") for t in type_.results] or ["v"]
    return "".join([*results, *(LETTERS.get(str(t), "e") for t in type_.params)])


def test_the_copy_of_mains_imports_is_the_real_thing():
    imports = load_compiled(installed_runtime().main.cwasm).imports
    functions = [(i, i.type) for i in imports]
    real = [[i.module, i.name, letters(t)] for i, t in functions if isinstance(t, wasmtime.FuncType)]
    assert real == json.loads(COPY.read_text())
