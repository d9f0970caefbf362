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
