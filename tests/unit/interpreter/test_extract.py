"""Programs in what models write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_ci.interpreter.extract import clean_code, extract_code, parses, without_comments

F = "```"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (f"{F}python\nx = 1\n{F}", "x = 1"),
        (f"{F}py\nx = 1\n{F}\n", "x = 1"),
        (f"{F}Python3\nx = 1\n{F}", "x = 1"),
        (f"{F}\nx = 1\n{F}", "x = 1"),
        ("~~~python\nx = 1\n~~~", "x = 1"),
        (f"{F}python\nx = 1\ny = 2", "x = 1\ny = 2"),
        (f"Sure! Here it is:\n\n{F}python\nx = 1\n{F}\n\nThis sets x.", "x = 1"),
        (f"{F}python\nx = 1\n{F}\nthen\n{F}python\ny = x\n{F}", "x = 1\n\ny = x"),
        (f"{F}bash\npip install pandas\n{F}\n{F}python\nx = 1\n{F}\n{F}text\noutput\n{F}", "x = 1"),
        (f"{F}bash\npip install pandas\n{F}", None),
        (f"{F}python\n{F}python\nx = 1\n{F}", "x = 1"),
        (f"   {F}python\n   x = 1\n   {F}", "x = 1"),
        (f"{F}python\r\nx = 1\r\n{F}\r\n", "x = 1"),
        (f"{F}python\nIn [1]: x = 1\nIn [2]: if x:\n   ...:     y = 2\nOut[2]: 3\n{F}", "x = 1\nif x:\n    y = 2"),
        (
            f"{F}python\n>>> x = 1\n>>> for i in range(2):\n...     print(i)\n...\n0\n1\n{F}",
            "x = 1\nfor i in range(2):\n    print(i)",
        ),
        (f"{F}python\n%matplotlib inline\n!pip install x\nx = 1\n{F}", "x = 1"),
        (f'{F}python\ntext = """\n{F} not a fence here"""\nx = 1\n{F}', f'text = """\n{F} not a fence here"""\nx = 1'),
        (f"{F}python title=a.py\nx = 1\n{F}", "x = 1"),
        ("import math\nprint(math.pi)", "import math\nprint(math.pi)"),
        ("The answer is 42.", None),
        ("42", None),
        ("done", None),
        ("", None),
        (f"{F}python\n{F}", None),
        (f"{F}\nnot python at all\n{F}", None),
    ],
)
def test_the_program_is_found(reply, code):
    assert extract_code(reply) == code


def test_broken_python_in_a_python_block_is_left_to_the_sandbox():
    assert extract_code(f"{F}python\nprint('x'\n{F}") == "print('x'"


def test_percent_formatting_is_no_magic():
    code = "x = (1\n% 2)"
    assert clean_code(code) == code


@given(st.text(max_size=300))
def test_whatever_the_model_writes_nothing_is_raised(text):
    code = extract_code(text)
    assert code is None or code.strip()


@given(st.text(alphabet="`~pyt on>.In[1]:\n =x", max_size=80))
def test_fences_and_prompts_in_any_order_raise_nothing(text):
    code = extract_code("```python\n" + text)
    assert code is None or code.strip()


@pytest.mark.parametrize("text", ["(" * 5000, "x = 1\0", "def f(:", "'\\d'"])
def test_parses_survives_anything(text):
    assert parses(text) is (text == "'\\d'")


def test_programs_that_differ_in_comments_only_are_the_same():
    assert without_comments("x = 1  # one\n\n# two\nprint( x )") == without_comments("# other\nx=1\nprint(x)")
    assert without_comments("x = 1") != without_comments("x = 2")
    assert without_comments("x = (") == "x = ("
    assert without_comments("-" * 100_000 + "1") == "-" * 100_000 + "1"
