"""The conversation within its context window."""

import pytest

from offline_ci.errors import PromptTooLongError
from offline_ci.interpreter.conversation import Conversation


def words(messages):
    return sum(len(message.content.split()) + 1 for message in messages)


def contents(conversation, reserve=0):
    return [message.content for message in conversation.messages(reserve)]


def test_everything_is_there_while_it_fits():
    talk = Conversation("be brief", n_ctx=100, count=words)
    talk.add_request("request with files", short="request")
    talk.add_program("code")
    talk.add_feedback("output")
    talk.add_answer("answer")
    assert contents(talk) == ["be brief", "request with files", "code", "output", "answer"]
    assert [m.role for m in talk.messages(0)] == ["system", "user", "assistant", "user", "assistant"]


def test_old_outputs_go_first_then_programs_then_requests():
    talk = Conversation("s", n_ctx=60, count=words)
    talk.add_request("first " * 5, short="first")
    talk.add_program("program " * 10)
    talk.add_feedback("output " * 20)
    talk.add_answer("answer")
    talk.add_request("second " * 5, short="second")
    talk.add_program("new " * 5)
    full = talk.messages(0)
    assert words(full) <= 60
    talk.add_feedback("new output")
    shortened = contents(talk, reserve=5)
    assert "(The output is left out here.)" in shortened
    assert any("program" in text for text in shortened)
    tighter = contents(talk, reserve=20)
    assert not any(text.startswith("program") for text in tighter)
    assert contents(talk, reserve=40)[1].startswith("second")


def test_what_was_shortened_stays_short():
    talk = Conversation("s", n_ctx=40, count=words)
    talk.add_request("r", short="r")
    talk.add_program("p")
    talk.add_feedback("o " * 20)
    talk.add_program("p2")
    talk.add_feedback("o2")
    assert "(The output is left out here.)" in contents(talk, reserve=20)
    assert "(The output is left out here.)" in contents(talk, reserve=0)


def test_descriptions_of_files_go_before_the_request_is_refused():
    talk = Conversation("s", n_ctx=20, count=words)
    talk.add_request("files " * 30 + "do it", short="do it")
    assert contents(talk, reserve=5) == ["s", "do it"]


def test_a_request_that_cannot_fit_is_refused():
    talk = Conversation("s", n_ctx=20, count=words)
    talk.add_request("word " * 30, short="word " * 30)
    with pytest.raises(PromptTooLongError) as caught:
        talk.messages(5)
    assert (caught.value.n_tokens, caught.value.n_ctx) == (33, 20)
    assert str(caught.value) == (
        "The request takes 33 tokens; with 5 for the program it does not fit the model's context of 20. "
        "Shorten the request, put the text into a file (-f FILE), or raise --n-ctx."
    )


def test_what_has_no_tokens_is_replaced():
    talk = Conversation("s", n_ctx=100, count=words)
    talk.add_request("read \udcff.csv", short="r")
    assert contents(talk)[1] == "read ?.csv"


def test_a_restart_forgets_what_came_after_and_replaces_its_note():
    talk = Conversation("s", n_ctx=100, count=words)
    talk.add_request("old", short="old")
    talk.add_answer("answer")
    talk.add_request("new", short="new")
    talk.add_program("p")
    talk.add_feedback("f")
    talk.restart_request("first note")
    assert contents(talk) == ["s", "old", "answer", "new\n\nfirst note"]
    talk.add_program("p2")
    talk.restart_request("second note")
    assert contents(talk) == ["s", "old", "answer", "new\n\nsecond note"]
    talk.restart_request()
    assert contents(talk) == ["s", "old", "answer", "new"]


def test_going_back_forgets_what_came_since_and_undoes_its_cuts():
    talk = Conversation("s", n_ctx=40, count=words)
    talk.add_request("r", short="r")
    talk.add_program("p")
    talk.add_feedback("o " * 20)
    talk.add_answer("a")
    whole = contents(talk)
    mark = talk.mark()
    for _ in range(2):
        talk.add_request("next", short="next")
        talk.add_program("p2 " * 10)
        assert "(The output is left out here.)" in contents(talk)
        talk.restore(mark)
        assert contents(talk) == whole


def test_another_models_window_holds_from_the_next_message_on():
    talk = Conversation("s", n_ctx=100, count=words)
    talk.add_request("first", short="first")
    talk.add_program("p")
    talk.add_feedback("o " * 20)
    talk.add_answer("a")
    talk.add_request("second", short="second")
    assert "o " * 20 in contents(talk)
    talk.resize(n_ctx=20, count=words)
    assert "o " * 20 not in contents(talk)
    talk.resize(n_ctx=20, count=lambda messages: 10 * words(messages))
    with pytest.raises(PromptTooLongError):
        talk.messages(0)
