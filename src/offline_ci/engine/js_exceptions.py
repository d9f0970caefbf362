"""``invoke_*``: unwinding for programs built with Emscripten's JavaScript-style exception handling.

In a browser ``invoke_vi(f, x)`` is JavaScript that calls table entry ``f`` inside ``try``. Here a helper module does it
with WebAssembly's own exceptions. It must exist before the main module, whose imports it satisfies, so it calls through
a table of its own; a second module, made afterwards, fills that table from the main module's.

Source: emscripten ``tools/emscripten.py`` (``create_invoke_wrappers``).
"""

from __future__ import annotations

from collections.abc import Iterable

from offline_ci.emscripten.js_exceptions import THROWING

_TYPES = {"i": "i32", "j": "i64", "f": "f32", "d": "f64"}
_THROW_PARAMETERS = {"__cxa_throw": 3, "__cxa_rethrow": 0, "__resumeException": 1}


def is_supplied(symbol: str) -> bool:
    """Whether the helper module exports a function of that name."""
    return symbol in THROWING or symbol.startswith("invoke_")


def helper_wat(symbols: Iterable[str], table_size: int) -> str:
    """The helper module: every ``invoke_*`` and throwing function among ``symbols``, and ``table``.

    Args:
        symbols: what the main module imports.
        table_size: entries of the main module's table; the helper's has three more, see ``connector_wat``.
    """
    names = sorted(filter(is_supplied, symbols))
    noting, throwing = [], []
    for name in names:
        if name in THROWING:
            params = " i32" * _THROW_PARAMETERS[name]
            arguments = " ".join(f"(local.get {i})" for i in range(_THROW_PARAMETERS[name]))
            noting.append(f'(import "env" "{name}" (func ${name} (param{params})))')
            throwing.append(f'(func (export "{name}") (param{params}) (call ${name} {arguments}) (throw $tag))')
        else:
            throwing.append(_invoke_wat(name, table_size))
    return "\n".join(
        [
            "(module",
            *noting,
            f'(table $table (export "table") {table_size + 3} funcref)',
            "(tag $tag)",
            *throwing,
            ")",
        ]
    )


def _invoke_wat(name: str, table_size: int) -> str:
    letters = name.removeprefix("invoke_")
    result, params = letters[0], letters[1:]
    types = " ".join(_TYPES[letter] for letter in params)
    returns = "" if result == "v" else f"(result {_TYPES[result]})"
    nothing = "" if result == "v" else f"({_TYPES[result]}.const 0)"
    arguments = " ".join(f"(local.get {i})" for i in range(1, len(params) + 1))
    stack = len(params) + 1
    return f"""(func (export "{name}") (param i32 {types}) {returns} (local i32)
  (local.set {stack} (call_indirect (result i32) (i32.const {table_size})))
  (block $caught
    (return (try_table {returns} (catch $tag $caught)
      (call_indirect $table (param {types}) {returns} {arguments} (local.get 0)))))
  (call_indirect (param i32) (local.get {stack}) (i32.const {table_size + 1}))
  (call_indirect (param i32 i32) (i32.const 1) (i32.const 0) (i32.const {table_size + 2}))
  {nothing})"""


def connector_wat(table_size: int) -> str:
    """The connecting module: copies the main table and adds what ``invoke_*`` needs behind it.

    Imports, in order: the helper's table, the main module's table, and the main module's
    ``emscripten_stack_get_current``, ``_emscripten_stack_restore`` and ``setThrew``.
    """
    return f"""(module
  (import "helper" "table" (table $helper {table_size + 3} funcref))
  (import "main" "table" (table $main {table_size} funcref))
  (import "main" "save" (func $save (result i32)))
  (import "main" "restore" (func $restore (param i32)))
  (import "main" "threw" (func $threw (param i32 i32)))
  (elem (table $helper) (i32.const {table_size}) func $save $restore $threw)
  (func $connect (table.copy $helper $main (i32.const 0) (i32.const 0) (i32.const {table_size})))
  (start $connect))"""
