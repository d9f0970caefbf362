"""Outputs as text for the model."""

from offline_ci.interpreter.outputs import count_pictures, render_outputs, said_anything
from support.scripted_sandbox import ok

PICTURE = {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}, "metadata": {}}
ERROR = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}


def test_prints_values_and_pictures_in_order_but_no_error():
    outputs = [*ok("one\n", result="42").outputs, PICTURE, ERROR]
    assert render_outputs(outputs, 1000) == "one\n42\n[a picture is shown to the user]"
    assert count_pictures(outputs) == 1


def test_long_output_is_cut_in_the_middle_and_warnings_are_short():
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": "warning " * 500},
        {"output_type": "stream", "name": "stdout", "text": "\n".join(str(i) for i in range(5000))},
    ]
    text = render_outputs(outputs, 1200)
    assert len(text) < 1300
    assert text.startswith("warning")
    assert text.endswith("4999")


def test_what_an_answer_can_rest_on():
    assert said_anything(ok("x"))
    assert said_anything(ok(files=[("a.png", 3)]))
    assert said_anything(ok(outputs=[PICTURE]))
    assert not said_anything(ok())
    assert not said_anything(ok("\n"))
