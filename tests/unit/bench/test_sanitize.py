import pytest

from offline_ci.bench.sanitize import sanitize

PROGRAM = """
import math
from typing import List
LIMIT = 3
OTHER = open("x")

def helper(n: int) -> int:
    return n + LIMIT

class Unused:
    pass

def wanted(n: List[int]) -> int:
    return sum(map(helper, n))

print(wanted([1]))
wanted(
"""


def test_what_only_runs_and_what_is_no_python_is_left_out():
    assert sanitize(PROGRAM).splitlines() == [
        "import math",
        "from typing import List",
        "LIMIT = 3",
        "OTHER = open('x')",
        "def helper(n: int) -> int:",
        "    return n + LIMIT",
        "class Unused:",
        "    pass",
        "def wanted(n: List[int]) -> int:",
        "    return sum(map(helper, n))",
    ]


def test_of_a_known_function_only_what_it_needs_is_kept():
    kept = sanitize(PROGRAM, "wanted")
    assert "OTHER" not in kept
    assert "Unused" not in kept
    assert {"import math", "LIMIT = 3"} <= set(kept.splitlines())
    assert sanitize(PROGRAM, "nothing") == sanitize(PROGRAM)


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "Sure!\n\n```py\n{}\n```\nThat is it.", "~~~\n{}\n~~~"])
def test_the_program_of_an_answer_is_found(fence):
    assert sanitize(fence.format("def f():\n    return 1")) == "def f():\n    return 1"


@pytest.mark.parametrize("text", ["", "no python at all, is it", "```python\n```", "print(1)"])
def test_what_defines_nothing_is_empty(text):
    assert sanitize(text) == ""
