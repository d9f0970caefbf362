"""Examples that a request gives of a function's results, and whether the function that was written keeps to them.

Whoever asks for a function often says what it should give: in a docstring (``>>> f(2)``), or in words (``f(2) == 4``,
``f(2) should return 4``, ``Input: n = 2``). A small model's function that runs without an error is wrong in every third
case; those examples tell, without a test of our own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from offline_ci.interpreter.guest_call import NAMES, guest_cell, printed_json
from offline_ci.interpreter.ports import CellRunner

MAX_EXAMPLES: Final = 12
_TIME_S: Final = 10.0
_CALL: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*\(")
_GIVES: Final = re.compile(
    r"\s*(?:=+>|==|->|→|➞|=|#\s*(?:returns?|gives|=+>|->)?|,?\s*(?:should|must|will|shall)\s+(?:return|give|be|equal|output)"
    r"|returns?|gives|outputs?|yields?|is|equals)\s*:?\s*",
    re.IGNORECASE,
)
_AFTER_VALUE: Final = re.compile(r"[\s.,;:)`]*(?:$|[A-Za-z(#])")
_DEFINED: Final = re.compile(r"\bdef (\w+)\(")
_GIVEN: Final = re.compile(
    r"^\W*(?:for|input:?|with|when|if)\s+(?P<given>.+?)"
    r"(?:,?\s*(?:the )?(?:output|result|answer|return value)(?: should be| must be| is|:)\s*(?P<value>.+))?$",
    re.IGNORECASE,
)
_OUTPUT: Final = re.compile(r"^\W*(?:output|result|returns?|answer)\s*[:=]\s*(?P<value>.+)$", re.IGNORECASE)
_SPELT: Final = {"true": "True", "false": "False", "null": "None"}
_PROMPT: Final = re.compile(r"^\s*>>>\s?(.*)$")


@dataclass(frozen=True, slots=True)
class Example:
    """A call of a function and what it should give, both as Python expressions of literals."""

    call: str
    value: str


def asks_for_function(request: str) -> bool:
    """Whether a request shows the head of a function that is to be written."""
    return _DEFINED.search(request) is not None


def find_examples(request: str) -> list[Example]:
    """The examples in a request, in their order; at most ``MAX_EXAMPLES``."""
    lines = [line for line in request.splitlines() if line.strip()]
    function = _DEFINED.findall(request)[-1:]
    found: dict[str, Example] = {}
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        named = _with_named_input(function[0], line, following) if function else None
        for example in (_shown_at_prompt(line, following), named, *_said(line)):
            if example is not None:
                found.setdefault(example.call, example)
    return list(found.values())[:MAX_EXAMPLES]


def _shown_at_prompt(line: str, following: str) -> Example | None:
    match = _PROMPT.match(line)
    call = match[1].strip() if match else ""
    value = following.strip()
    return Example(call, value) if _is_plain_call(call) and _literal(value) else None


def _with_named_input(function: str, line: str, following: str) -> Example | None:
    given = _GIVEN.match(line)
    if given is None:
        return None
    call = f"{function}({given['given'].strip().rstrip(',:')})"
    output = _OUTPUT.match(following)
    value = _leading_literal(given["value"] or (output["value"] if output else ""))
    return Example(call, value) if value and _is_plain_call(call) else None


def _said(line: str) -> Iterator[Example]:
    for match in _CALL.finditer(line):
        end = _end_of_call(line, match.end())
        call = line[match.start() : end]
        gives = _GIVES.match(line, end) if end and not line[: match.start()].rstrip().endswith("def") else None
        if gives and _is_plain_call(call) and (value := _leading_literal(line[gives.end() :])):
            yield Example(call, value)


def _end_of_call(line: str, start: int) -> int:
    """Where the bracket closes that was opened before ``start``; 0 where it does not."""
    depth, quote = 1, ""
    for i, char in enumerate(line[start:], start):
        if quote:
            quote = "" if char == quote and line[i - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if not depth:
                return i + 1
    return 0


def _leading_literal(text: str) -> str:
    """The longest literal that a text begins with, and that a word, a stop or nothing follows."""
    word = re.match(r"\w*", text)
    if word and word[0] in _SPELT:
        return _SPELT[word[0]]
    for end in range(min(len(text), 400), 0, -1):
        if (value := _literal(text[:end].strip())) and _AFTER_VALUE.match(text, end):
            return value
    return ""


def _is_plain_call(text: str) -> bool:
    """Whether this calls one function with literals only: other names would have to be known."""
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return False
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    return all(_literal(ast.unparse(value)) for value in (*node.args, *(word.value for word in node.keywords)))


def _literal(text: str) -> str:
    """A value as it is written, without a comment; empty where this is none, or several."""
    try:
        node = ast.parse(text, mode="eval").body
        ast.literal_eval(node)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return ""
    is_several = isinstance(node, ast.Tuple) and not text.startswith("(")
    return "" if is_several else ast.get_source_segment(text, node) or ""


def broken_examples(sandbox: CellRunner, examples: Sequence[Example]) -> list[str]:
    """Which examples the functions in the sandbox do not keep to, one line each; unknown functions do not count.

    Args:
        sandbox: where the program ran.
        examples: of the request.
    """
    if not examples:
        return []
    pairs = [(example.call, example.value) for example in examples]
    result = sandbox.run(guest_cell("examples", pairs, NAMES), time_s=_TIME_S)
    if result.status == "time_limit":
        return [f"{examples[0].call} does not come to an end."]
    found = printed_json(result)
    return [str(line) for line in found] if isinstance(found, list) else []
