import pytest

from offline_ci.interpreter import prompt


def test_the_model_is_told_of_added_modules():
    plain = prompt.system_prompt()
    assert "lxml, bs4, and the standard library" in plain
    assert prompt.system_prompt(()) == plain
    added = prompt.system_prompt(("statsmodels", "rich"))
    assert "lxml, bs4, statsmodels, rich, and the standard library" in added
    assert "Not available: network, pip, cv2, input()" in added


def test_what_was_added_is_not_called_absent():
    assert "Not available: network, pip, input()" in prompt.system_prompt(("cv2",))


@pytest.mark.parametrize(
    ("n_examples", "n_tried", "says"),
    [
        (0, 0, "The request has no example to try it with."),
        (2, 0, "The request has no example to try it with."),
        (1, 1, "and the example of the request came out right."),
        (3, 2, "and the 2 of 3 examples of the request that call it came out right."),
        (3, 3, "and all 3 examples of the request came out right."),
    ],
)
def test_the_answer_for_a_function_claims_only_what_was_tried(n_examples, n_tried, says):
    assert prompt.function_answer("double", n_examples, n_tried).endswith(says)
