"""A model behind a server keeps the promises of every model, whatever the server tells and can do."""

import pytest

from offline_ci.llm.scripted import ScriptedModel
from offline_ci.llm.server import ServerModel
from offline_ci.llm.server_http import parse_address
from support.model_contract import ModelContract
from support.model_server import ModelServer

STORY = "The fox met a bear. The bear saw the river; \U0001f98a and then they swam. " * 200


def story():
    return ScriptedModel(lambda _messages, _prefill: STORY, token_s=0.0005)


@pytest.fixture(scope="module")
def telling():
    with ModelServer(story()) as server:
        yield ServerModel(parse_address(server.url))


@pytest.fixture(scope="module")
def silent():
    with ModelServer(story(), kind="plain", continues=False, has_usage=False) as server:
        yield ServerModel(parse_address(server.url))


class TestServerThatTellsEverything(ModelContract):
    @pytest.fixture
    def model(self, telling):
        return telling

    @pytest.fixture
    def closable_model(self, telling):
        return ServerModel(telling.address)


class TestServerThatBeginsAnewAndTellsNothing(ModelContract):
    @pytest.fixture
    def model(self, silent):
        return silent

    @pytest.fixture
    def closable_model(self, silent):
        return ServerModel(silent.address)

    def test_a_second_call_reuses_the_prompt(self, model):
        """It may; nobody is told."""
        self.write(model)
        assert self.write(model).cached_tokens == 0
