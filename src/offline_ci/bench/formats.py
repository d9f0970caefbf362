"""The formats of suites: HumanEval's, MBPP's, EvalPlus's, DS-1000's, DABench's, and requests of one's own."""

from __future__ import annotations

import ast
import functools
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from offline_ci.artifacts.files import format_bytes
from offline_ci.bench.dabench import is_dabench, read_dabench
from offline_ci.bench.lines import read_lines
from offline_ci.bench.mbpp_plus import convert_inputs
from offline_ci.bench.requests import read_request, read_toml
from offline_ci.bench.tasks import GUEST_PACKAGE, AnyTask, InsertedTask, RequestTask, Suite, Task
from offline_ci.emscripten.strict_json import integer, typed
from offline_ci.errors import UsageError
from offline_ci.interpreter.guest_call import guest_source

_MAX_BYTES: Final = 1 << 30


def read_suite(name: str, path: Path) -> Suite:
    """Read a suite: JSON lines, plain or gzipped, a JSON array, or TOML.

    Args:
        name: how to call it.
        path: the file. What a task has tells its format: ``test`` HumanEval's, ``test_list`` MBPP's, ``base_input``
            EvalPlus's, ``code_context`` DS-1000's, ``question`` DABench's, ``checks`` a request of one's own.

    Raises:
        UsageError: it cannot be read, or something in it is no task; says which and why.
    """
    try:
        data = path.read_bytes()
        text = _unpacked(data, path).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The suite {path} cannot be read: {error}.", hint="Give a file of JSON lines, plain or gzipped, or TOML."
        ) from error
    hint = "docs/bench.md describes the formats."
    numbered: Iterator[tuple[int, AnyTask]]
    if path.suffix == ".toml":
        numbered = read_toml(text, path)
    elif is_dabench(text):
        numbered = read_dabench(text, path)
    else:
        lines = _as_lines(text, path)
        numbered = read_lines(
            lines, functools.partial(read_task, folder=path.parent), path=path, kind="task", hint=hint
        )
    tasks: dict[str, AnyTask] = {}
    for number, task in numbered:
        if task.task_id in tasks:
            raise UsageError(f"{path}, task {number}: {task.task_id!r} comes twice.", hint="Remove one.")
        tasks[task.task_id] = task
    if not tasks:
        raise UsageError(f"The suite {path} has no tasks.", hint="Give a file with one JSON object a line, or TOML.")
    return Suite(name, _digest(data, tasks.values()), tasks)


def _digest(data: bytes, tasks: Iterable[AnyTask]) -> str:
    digest = hashlib.sha256(data)
    files = {file for task in tasks if isinstance(task, RequestTask) for file in task.files}
    for file in sorted(files):
        with file.open("rb") as stream:
            digest.update(f"\0{file.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}".encode())
    return digest.hexdigest()


def _as_lines(text: str, path: Path) -> str:
    """A JSON array, such as ``sanitized-mbpp.json``, as JSON lines; other texts as they are."""
    if not text.lstrip().startswith("["):
        return text
    try:
        return "\n".join(map(json.dumps, json.loads(text)))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The suite {path} is no JSON array: {error}.", hint="Give a whole file.") from error


def _unpacked(data: bytes, path: Path) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    with gzip.open(path) as file:
        unpacked = file.read(_MAX_BYTES + 1)
    if len(unpacked) > _MAX_BYTES:
        raise UsageError(f"The suite {path} is more than {format_bytes(_MAX_BYTES)} unpacked.", hint="Give another.")
    return unpacked


def read_task(document: object, folder: Path | None = None) -> AnyTask:
    """A task from its JSON object.

    Args:
        document: the object.
        folder: where the files of requests are.

    Raises:
        ValueError: it is none; says why.
    """
    d = typed(document, dict, "it")
    if "checks" in d:
        return read_request(d, folder or Path())
    if "code_context" in d:
        return _read_ds1000(d)
    return read_function(d)


def read_function(d: dict[str, Any]) -> Task:
    """A task of HumanEval, MBPP or EvalPlus.

    Raises:
        ValueError: it is none; says why.
    """
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


def _read_ds1000(d: dict[str, Any]) -> InsertedTask:
    """A task of DS-1000.

    Source: Lai et al. 2022 (arXiv 2211.11501), ``ds1000.jsonl.gz`` of its simplified form.
    """
    metadata = typed(d.get("metadata"), dict, "metadata")
    number, library = metadata.get("problem_id"), typed(metadata.get("library", ""), str, "library")
    context = typed(d["code_context"], str, "code_context")
    if "def test_execution(" not in context:
        raise ValueError("its code_context defines no test_execution")
    reference = d.get("reference_code")
    return InsertedTask(
        task_id=f"{library or 'DS-1000'}/{integer(number, 'problem_id')}",
        prompt=typed(d.get("prompt"), str, "prompt"),
        context=context,
        reference=None if reference is None else typed(reference, str, "reference_code"),
    )


def _read_mbpp(d: dict[str, Any]) -> Task:
    """A task of MBPP, of the whole set or of the sanitized one; the prompt is EvalPlus's: words and one assertion.

    Source: Austin et al. 2021 (arXiv 2108.07732); evalplus 0.3.1 for the prompt.
    """
    tests = [typed(test, str, "a test") for test in typed(d["test_list"], list, "test_list")]
    if not tests:
        raise ValueError("it has no tests")
    code = typed(d.get("code"), str, "code")
    imports = [typed(line, str, "an import") for line in typed(d.get("test_imports", []), list, "test_imports")]
    # Its authors run the tests behind the program, whose imports they use.
    imports += [ast.unparse(node) for node in _parsed(code).body if isinstance(node, ast.Import | ast.ImportFrom)]
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


def _parsed(program: str) -> ast.Module:
    try:
        return ast.parse(program)
    except SyntaxError as error:
        raise ValueError(f"its code or test is no Python: {error}") from error


def _tested(code: str, test: str) -> str:
    """The function of a program that a test calls."""
    defined = {node.name for node in _parsed(code).body if isinstance(node, ast.FunctionDef)}
    called = [node.id for node in ast.walk(_parsed(test)) if isinstance(node, ast.Name)]
    name = next((name for name in called if name in defined), None)
    if name is None:
        raise ValueError("its first test calls no function of its code")
    return name


def _differential_test(d: dict[str, Any], entry_point: str, reference: str | None) -> str:
    """EvalPlus's way: the outputs are those of the reference, exactly, or for floats within a tolerance.

    See ``guest.compare``.
    """
    if reference is None:
        raise ValueError("it has 'base_input' and no 'canonical_solution'")
    inputs = convert_inputs(
        typed(d["task_id"], str, "task_id"),
        [
            *typed(d["base_input"], list, "base_input"),
            *typed(d.get("plus_input") or [], list, "plus_input"),
        ],
    )
    atol = d.get("atol", 0)
    if type(atol) not in {int, float}:
        raise ValueError(f"atol is {atol!r}")
    return (
        f"{guest_source(GUEST_PACKAGE, 'compare')}\nfrom math import inf, nan\n"
        f"_space = {{}}\nexec({reference!r}, _space)\nINPUTS = {inputs!r}\n"
        "def check(candidate):\n"
        f"    check_all({entry_point!r}, candidate, _space[{entry_point!r}], INPUTS, {atol!r})\n"
    )
