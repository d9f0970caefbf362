import pytest

from offline_ci.errors import ModelError
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.scripted import ScriptedModel, tokenize
from support.model_contract import ModelContract

STORY = "The fox met a bear. The bear saw the river; \U0001f98a and then they swam. " * 200
HELLO = [Message("user", "hello")]


class TestContract(ModelContract):
    @pytest.fixture
    def model(self):
        return ScriptedModel(lambda _messages, _prefill: STORY, token_s=0.0005)

    @pytest.fixture
    def closable_model(self, model):
        return model


def test_writes_its_replies_in_turn_and_then_says_so():
    model = ScriptedModel(["one", "two"])
    assert [model.generate(HELLO, GenerationParams()).text for _ in range(2)] == ["one", "two"]
    with pytest.raises(ModelError, match=r"The script has no reply left after 2\."):
        model.generate(HELLO, GenerationParams())


def test_a_function_sees_conversation_and_prefill():
    model = ScriptedModel(lambda messages, prefill: f"{messages[-1].content}|{prefill}")
    assert model.generate(HELLO, GenerationParams(), prefill="```").text == "hello|```"


def test_ends_its_turn_when_the_reply_is_written():
    completion = ScriptedModel(["print(1)"]).generate(HELLO, GenerationParams())
    assert (completion.finish_reason, completion.stop, completion.completion_tokens) == ("stop", None, 4)


def test_tokens_are_words_of_eight_or_single_characters():
    assert tokenize("a fox, international\n\n") == ["a", " fox", ",", " internat", "ional", "\n", "\n"]
    assert ScriptedModel([]).count_tokens([Message("system", "a b"), Message("user", "c")], prefill="d") == 7


def test_the_answer_ends_where_the_context_does():
    model = ScriptedModel([STORY], n_ctx=300)
    completion = model.generate(HELLO, GenerationParams(max_tokens=10_000))
    assert completion.finish_reason == "length"
    assert completion.prompt_tokens + completion.completion_tokens == 300
