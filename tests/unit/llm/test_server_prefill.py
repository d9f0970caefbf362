"""What a server writes is aligned: it follows the beginning, whether the server continued that or began anew."""

import pytest

from offline_ci.llm.base import Message
from offline_ci.llm.server_prefill import Alignment, conversation_to_send

FENCE = "```python\n"
FUNCTION = "Below is a Python script:\n```python\n"
NONE = "There is none:"


def align(text, prefill, *, continues, step=1):
    alignment = Alignment(prefill, continues=continues)
    pieces = [alignment.feed(text[i : i + step]) for i in range(0, len(text), step)]
    return "".join([*pieces, alignment.finish()])


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "prefill", "follows"),
    [
        ("print(1)\n```\nDone.", FENCE, "print(1)\n```\nDone."),
        ("\nprint(1)", FENCE, "\nprint(1)"),
        ("```python\nprint(1)\n```", FENCE, "print(1)\n```"),
        ("\n``` py\nprint(1)", FENCE, "print(1)"),
        ("```\nIt was empty.", FENCE, "```\nIt was empty."),
        ("``", FENCE, "``"),
        ("<think>", FENCE, "<think>"),
        (" no row.", NONE, " no row."),
        ("", NONE, ""),
        ("```python\nx", "", "```python\nx"),
        ("<think>Let me see.</think>\n\n4", "", "4"),
        ("<table>", "", "<table>"),
        ("<think>Without end", "", ""),
    ],
)
def test_a_server_that_continues(text, prefill, follows, step):
    assert align(text, prefill, continues=True, step=step) == follows


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "prefill", "follows"),
    [
        ("```python\nprint(1)\n```\nDone.", FENCE, "print(1)\n```\nDone."),
        ("Here is the program:\n\n```\nprint(1)\n```", FENCE, "print(1)\n```"),
        ("Sure.\n```py\nx = '```'\n```", FUNCTION, "x = '```'\n```"),
        ("import os\nprint(1)", FENCE, "import os\nprint(1)"),
        ("<think>```python\nno\n```</think>```python\nyes", FENCE, "yes"),
        ("There  is none:\nno row.", NONE, "\nno row."),
        ("There is no such column.", NONE, " There is no such column."),
        ("There", NONE, " There"),
        ("", NONE, ""),
        ("<think>Let me see.</think>\n\nThere is none: no.", NONE, " no."),
    ],
)
def test_a_server_that_begins_anew(text, prefill, follows, step):
    assert align(text, prefill, continues=False, step=step) == follows


def test_text_is_passed_on_as_soon_as_it_is_certain():
    alignment = Alignment(FENCE, continues=True)
    assert alignment.feed("imp") == "imp"
    alignment = Alignment(FENCE, continues=False)
    assert [alignment.feed(piece) for piece in ("Sure:\n", "```pyth", "on\nimp", "ort")] == ["", "", "imp", "ort"]


def test_what_is_sent():
    conversation = [Message("system", "s"), Message("user", "u")]
    assert conversation_to_send(conversation, "", continues=False) == conversation
    assert conversation_to_send(conversation, FENCE, continues=True) == [*conversation, Message("assistant", FENCE)]
    *first, last = conversation_to_send(conversation, FUNCTION, continues=False)
    assert first == conversation[:1]
    assert last.role == "user"
    assert last.content.startswith("u\n\nReply with one block of Python code")
    assert last.content.endswith("\n```python")
    *_, last = conversation_to_send(conversation, NONE, continues=False)
    assert last.content == "u\n\nBegin your reply with exactly this:\nThere is none:"
    assert len(conversation_to_send([*conversation, Message("assistant", "a")], NONE, continues=False)) == 4
