"""The HumanEval script: what of a completion is judged."""

import pytest
from humaneval import sanitize


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("import math\n\ndef f(n):\n    return n\n\nprint(f(3))", "import math\ndef f(n):\n    return n"),
        ("def f(n):\n    return n\nThis function returns n.", "def f(n):\n    return n"),
        ("Here:\n```python\ndef f(n):\n    return n\n```\nIt returns n.", "def f(n):\n    return n"),
        ("X = 3\nassert f(1) == 1", "X = 3"),
        ("def f(n):\n    return (n", ""),
        ("", ""),
    ],
)
def test_only_definitions_are_kept(text, kept):
    assert sanitize(text) == kept
