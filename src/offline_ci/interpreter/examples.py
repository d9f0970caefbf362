"""Examples that a request gives of a function's results, and whether the function that was written keeps to them.

Whoever asks for a function often says what it should give: in a docstring (``>>> f(2)``), or in words (``f(2) == 4``,
``f(2) should return 4``, ``Input: n = 2``). A small model's function that runs without an error is wrong in every third
case; those examples tell, without a test of our own.
"""

from __future__ import annotations

import ast
import builtins
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
_AFTER_VALUE: Final = re.compile(r"[\s.,;:)`]*(?:$|[(#])|[\s.,;:)`]+[A-Za-z]")
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

    @property
    def function(self) -> str:
        """The name of what is called."""
        return self.call.partition("(")[0]


def wanted_function(request: str) -> str:
    """The function that is to be written, the last whose head a request shows; empty where it shows none."""
    names: list[str] = _DEFINED.findall(request)
    return names[-1] if names else ""


def find_examples(request: str) -> list[Example]:
    """The examples in a request, in their order; at most ``MAX_EXAMPLES``.

    Where they all call by another name the only function that the request shows, that function is what they mean.
    """
    lines = [line for line in request.splitlines() if line.strip()]
    defined = _DEFINED.findall(request)
    function = defined[-1:]
    found: dict[str, Example] = {}
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        named = _with_named_input(function[0], line, following) if function else None
        for example in (_shown_at_prompt(line, following), named, *_said(line)):
            if example is not None:
                found.setdefault(example.call, example)
    examples = list(found.values())[:MAX_EXAMPLES]
    called = {example.function for example in examples}
    if len(defined) != 1 or len(called) != 1 or called <= {*defined, *dir(builtins)}:
        return examples
    return [Example(defined[0] + example.call[len(example.function) :], example.value) for example in examples]


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
    """A value as it is written, without a comment; empty where this is none, several, or perhaps a tuple of one."""
    try:
        node = ast.parse(text, mode="eval").body
        ast.literal_eval(node)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return ""
    is_unclear = isinstance(node, ast.Tuple) != text.startswith("(")
    return "" if is_unclear else ast.get_source_segment(text, node) or ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying examples.

    Attributes:
        n_tried: how many call a function that there is.
        broken: one line for each of them that does not hold.
    """

    n_tried: int = 0
    broken: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether there was one, and all came out right."""
        return self.n_tried > 0 and not self.broken


def try_examples(sandbox: CellRunner, examples: Sequence[Example]) -> Trial:
    """Call the functions in the sandbox as the examples do; those of unknown functions do not count.

    Args:
        sandbox: where the program ran.
        examples: of the request.
    """
    if not examples:
        return Trial()
    pairs = [(example.call, example.value) for example in examples]
    result = sandbox.run(guest_cell("examples", pairs, NAMES), time_s=_TIME_S)
    if result.status == "time_limit":
        return Trial(1, (f"{examples[0].call} does not come to an end.",))
    match printed_json(result):
        case {"tried": int(n_tried), "broken": [*lines]}:
            return Trial(n_tried, tuple(map(str, lines)))
    return Trial()
