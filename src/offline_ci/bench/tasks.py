"""Tasks of code suites: write one function; hidden tests call it."""

from __future__ import annotations

import ast
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from offline_ci.artifacts.files import format_bytes
from offline_ci.bench.lines import read_lines
from offline_ci.emscripten.strict_json import typed
from offline_ci.errors import UsageError

_MAX_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        task_id: names it in samples.
        prompt: what is given to the model: a function's head with its docstring, or a description.
        entry_point: name of the function.
        setup: Python that the tests need besides the function: helpers that the prompt defines.
        test: Python that defines ``check(candidate)``, which raises where the function is wrong.
        reference: a right solution; None where the suite has none.
        completes: a sample's ``completion`` goes on where the prompt ends.
    """

    task_id: str
    prompt: str
    entry_point: str
    setup: str
    test: str
    reference: str | None
    completes: bool = True


@dataclass(frozen=True, slots=True)
class Suite:
    """Tasks and where they come from.

    Attributes:
        name: of the suite.
        sha256: of the file's bytes.
        tasks: in the file's order, by ``task_id``.
    """

    name: str
    sha256: str
    tasks: dict[str, Task]


def read_suite(name: str, path: Path) -> Suite:
    """Read a suite in HumanEval's, MBPP's or EvalPlus's format: JSON lines, plain or gzipped.

    Args:
        name: how to call it.
        path: the file. Tasks with ``test_list`` are MBPP's, with ``base_input`` EvalPlus's, with ``test`` HumanEval's.

    Raises:
        UsageError: it cannot be read, or a line is no task; says which and why.
    """
    try:
        data = path.read_bytes()
        text = _unpacked(data, path).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The suite {path} cannot be read: {error}.", hint="Give a file of JSON lines, plain or gzipped."
        ) from error
    tasks: dict[str, Task] = {}
    hint = "docs/bench.md describes the formats."
    for number, task in read_lines(text, read_task, path=path, kind="task", hint=hint):
        if task.task_id in tasks:
            raise UsageError(f"{path}, line {number}: the task {task.task_id!r} comes twice.", hint="Remove one.")
        tasks[task.task_id] = task
    if not tasks:
        raise UsageError(f"The suite {path} has no tasks.", hint="Give a file with one JSON object a line.")
    return Suite(name, hashlib.sha256(data).hexdigest(), tasks)


def _unpacked(data: bytes, path: Path) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    with gzip.open(path) as file:
        unpacked = file.read(_MAX_BYTES + 1)
    if len(unpacked) > _MAX_BYTES:
        raise UsageError(f"The suite {path} is more than {format_bytes(_MAX_BYTES)} unpacked.", hint="Give another.")
    return unpacked


def read_task(document: object) -> Task:
    """A task from its JSON object.

    Raises:
        ValueError: it is none; says why.
    """
    d = typed(document, dict, "it")
    if "test_list" in d:
        return _read_mbpp(d)
    for name in ("task_id", "prompt", "entry_point"):
        if name not in d:
            raise ValueError(f"it has no {name!r}")
    prompt = typed(d["prompt"], str, "prompt")
    solution = d.get("canonical_solution")
    reference = None if solution is None else prompt + typed(solution, str, "canonical_solution")
    entry_point = typed(d["entry_point"], str, "entry_point")
    if not entry_point.isidentifier():
        raise ValueError(f"entry_point is {entry_point!r}, which is no name")
    if "base_input" in d:
        test = _differential_test(d, entry_point, reference)
    elif "test" in d:
        test = typed(d["test"], str, "test")
    else:
        raise ValueError("it has neither 'test' nor 'base_input'")
    return Task(typed(d["task_id"], str, "task_id"), prompt, entry_point, _setup(prompt), test, reference)


def _setup(prompt: str) -> str:
    """What a prompt defines: helpers of the tests. A prompt may end within a function's head or in plain words."""
    for program in (prompt, f"{prompt}\n    pass\n"):
        try:
            compile(program, "<prompt>", "exec")
        except (SyntaxError, ValueError):
            continue
        return program
    return ""


def _read_mbpp(d: dict[str, Any]) -> Task:
    """A task of MBPP, of the whole set or of the sanitized one; the prompt is EvalPlus's: words and one assertion.

    Source: Austin et al. 2021 (arXiv 2108.07732); evalplus 0.3.1 for the prompt.
    """
    tests = [typed(test, str, "a test") for test in typed(d["test_list"], list, "test_list")]
    if not tests:
        raise ValueError("it has no tests")
    code = typed(d.get("code"), str, "code")
    imports = [typed(line, str, "an import") for line in typed(d.get("test_imports", []), list, "test_imports")]
    setup = typed(d.get("test_setup_code", ""), str, "test_setup_code")
    number = d.get("task_id")
    body = "\n".join(f"    {line}" for test in tests for line in test.split("\n"))
    return Task(
        task_id=f"Mbpp/{number}" if type(number) is int else typed(number, str, "task_id"),
        prompt=f'"""\n{typed(d.get("prompt", d.get("text")), str, "prompt")}\n{tests[0]}\n"""\n',
        entry_point=_tested(code, tests[0]),
        setup="\n".join([*imports, setup]),
        test=f"def check(candidate):\n{body}\n",
        reference=code,
        completes=False,
    )


def _tested(code: str, test: str) -> str:
    """The function of a program that a test calls."""
    try:
        defined = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
        called = [node.id for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Name)]
    except SyntaxError as error:
        raise ValueError(f"its code or test is no Python: {error}") from error
    name = next((name for name in called if name in defined), None)
    if name is None:
        raise ValueError("its first test calls no function of its code")
    return name


_COMPARE = """
import copy, math

def _floats(x):
    return isinstance(x, float) or (isinstance(x, (list, tuple)) and all(isinstance(i, float) for i in x))

def _close(out, expected, atol):
    if isinstance(expected, (list, tuple)):
        return isinstance(out, (list, tuple)) and len(out) == len(expected) and all(
            _close(a, b, atol) for a, b in zip(out, expected))
    try:
        if math.isnan(expected) or math.isnan(out):
            return math.isnan(expected) and math.isnan(out)
        return out == expected or abs(out - expected) <= atol + 1e-7 * abs(expected)
    except TypeError:
        return False

def _poly(xs, x):
    return sum(c * math.pow(x, i) for i, c in enumerate(xs))

def check(candidate):
    for arguments in INPUTS:
        expected = REFERENCE(*copy.deepcopy(arguments))
        out = candidate(*copy.deepcopy(arguments))
        atol = ATOL
        if ENTRY_POINT == "find_zero":
            assert abs(_poly(*arguments, out)) <= (atol or 1e-4), (arguments, out)
            continue
        if atol == 0 and _floats(expected):
            atol = 1e-6
        assert out == expected or (atol != 0 and _close(out, expected, atol)), (arguments, out, expected)
"""


def _differential_test(d: dict[str, Any], entry_point: str, reference: str | None) -> str:
    """EvalPlus's way: the outputs are those of the reference, exactly, or for floats within a tolerance.

    Source: evalplus 0.3.1, ``evalplus/eval/__init__.py`` (``unsafe_execute``).
    """
    if reference is None:
        raise ValueError("it has 'base_input' and no 'canonical_solution'")
    inputs = [
        *typed(d["base_input"], list, "base_input"),
        *typed(d.get("plus_input") or [], list, "plus_input"),
    ]
    atol = d.get("atol", 0)
    if type(atol) not in {int, float}:
        raise ValueError(f"atol is {atol!r}")
    namespace = f"_space = {{}}\nexec({reference!r}, _space)\nREFERENCE = _space[{entry_point!r}]\n"
    return f"{namespace}INPUTS = {inputs!r}\nATOL = {atol!r}\nENTRY_POINT = {entry_point!r}\n{_COMPARE}"
