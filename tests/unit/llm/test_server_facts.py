"""What kinds of servers tell about themselves, as far as they tell it."""

import json

import pytest

from offline_ci.errors import ModelServerError, UsageError
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.scripted import ScriptedModel
from offline_ci.llm.server import ServerModel
from offline_ci.llm.server_http import parse_address
from support.model_server import Canned, ModelServer

HELLO = [Message("user", "Hello")]


def serve(**options):
    return ModelServer(ScriptedModel(lambda _messages, _prefill: "Yes.", name="m", n_ctx=2048), **options)


def opened(server, model="", **options):
    return ServerModel(parse_address(server.url + (f"#{model}" if model else "")), **options)


def can(server, **documents):
    for path, document in documents.items():
        server.canned[f"/{path.replace('__', '/')}"] = [Canned(json.dumps(document))]


def test_llama_server_tells_everything():
    with serve() as server:
        server.models = [{"id": "/home/me/models/Qwen-1.5B.Q4_K_M.gguf"}]
        model = opened(server)
        assert (model.info.name, model.info.n_ctx, model.info.sha256) == ("Qwen-1.5B.Q4_K_M", 2048, "")
        assert (model.facts.software, model.facts.continues, model.info.warnings) == ("llama-server b1", True, ())
        assert model.description == {
            "address": server.url,
            "model": "/home/me/models/Qwen-1.5B.Q4_K_M.gguf",
            "software": "llama-server b1",
        }
        model.generate(HELLO, GenerationParams(seed=5), prefill="```python\n")
        *_, (_, body, _) = server.requests
        assert body["messages"][-1] == {"role": "assistant", "content": "```python\n"}
        assert body["model"] == "/home/me/models/Qwen-1.5B.Q4_K_M.gguf"
        assert (body["seed"], body["continue_final_message"], body["add_generation_prompt"]) == (5, True, False)


def test_llama_server_that_was_told_not_to_continue():
    with serve(continues=False) as server:
        assert opened(server).facts.continues is False


def test_llama_server_that_lists_its_models_to_everybody():
    with serve() as server:
        server.canned["/props"] = [Canned("{}", 401)]
        with pytest.raises(ModelServerError, match="wants another key"):
            opened(server)


def test_vllm_tells_its_context():
    with serve(kind="plain") as server:
        server.models[0]["max_model_len"] = 1024
        model = opened(server)
        assert (model.facts.software, model.info.n_ctx, model.info.warnings) == ("vLLM", 1024, ())


def test_ollama_tells_the_context_of_what_is_loaded():
    with serve(kind="plain") as server:
        can(server, api__version={"version": "0.12.3"}, api__generate={"done": True})
        can(server, api__ps={"models": [{"name": "other", "context_length": 1}, {"name": "m", "context_length": 8192}]})
        model = opened(server)
        assert (model.facts.software, model.info.n_ctx) == ("Ollama 0.12.3", 8192)
        assert ("/api/generate", {"model": "m", "stream": False}) in [request[:2] for request in server.requests]
        model.generate(HELLO, GenerationParams())
        assert server.requests[-1][1]["reasoning_effort"] == "none"


def test_ollama_of_old_tells_no_context():
    with serve(kind="plain") as server:
        can(
            server, api__version={"version": "0.5.0"}, api__generate={"done": True}, api__ps={"models": [{"name": "m"}]}
        )
        assert opened(server).facts.n_ctx is None


def test_ollama_that_cannot_load_the_model():
    with serve(kind="plain") as server:
        can(server, api__version={"version": "0.12.3"})
        server.canned["/api/generate"] = [Canned('{"error": "model requires more system memory"}', 500)]
        with pytest.raises(ModelServerError, match="requires more system memory"):
            opened(server)


def test_lm_studio_tells_the_context_and_lists_embeddings():
    with serve(kind="plain") as server:
        server.models.insert(0, {"id": "text-embedding-nomic-embed-text-v1.5"})
        can(server, api__version={"error": "Unexpected endpoint"})
        can(server, api__v0__models={"data": [{"id": "x"}, {"id": "m", "loaded_context_length": 3072}]})
        model = opened(server)
        assert (model.info.name, model.facts.software, model.info.n_ctx) == ("m", "LM Studio", 3072)


@pytest.mark.parametrize(
    ("told", "wanted", "n_ctx", "warning"),
    [
        (None, None, 4096, "does not tell its context; 4,096 tokens are assumed"),
        (None, 8192, 8192, ""),
        (2048, 1024, 1024, ""),
        (2048, 8192, 2048, "has 2,048 tokens, so there are not 8,192"),
    ],
)
def test_the_context(told, wanted, n_ctx, warning):
    with serve(kind="plain") as server:
        server.models[0]["max_model_len"] = told
        model = opened(server, n_ctx=wanted)
        assert model.info.n_ctx == n_ctx
        assert [text for text in model.info.warnings if not warning or warning not in text] == []
        assert bool(model.info.warnings) == bool(warning)


def test_one_of_several_models():
    with serve(kind="plain") as server:
        server.models = [{"id": "qwen:7b"}, {"id": "m:latest"}, {"id": 7}, None, {"id": ""}]
        with pytest.raises(UsageError, match="has 2 models") as caught:
            opened(server)
        assert caught.value.hint.endswith("#NAME: qwen:7b, m:latest.")
        with pytest.raises(UsageError, match="has no model 'other'"):
            opened(server, "other")
        assert opened(server, "qwen:7b").info.name == "qwen:7b"
        assert opened(server, "m").facts.model == "m:latest"


def test_no_model():
    with serve(kind="plain") as server:
        server.models = []
        with pytest.raises(UsageError, match="has no model") as caught:
            opened(server)
        assert caught.value.hint == "Load one there first."


def test_a_refused_question_settles_nothing():
    with serve(kind="plain") as server:
        model = opened(server)
        server.canned["/v1/chat/completions"] = [Canned("{}", 500)]
        with pytest.raises(ModelServerError):
            model.generate(HELLO, GenerationParams(), prefill="```python\n")
        server.canned.clear()
        model.generate(HELLO, GenerationParams(), prefill="```python\n")
        assert server.conversations()[-1][-1]["role"] == "assistant"


@pytest.mark.parametrize(
    ("text", "n_tokens"),
    [  # as SmolLM2 and Qwen2.5-Coder count them
        ("Import what you use. Read the files with the calls that are given with them.", (17, 17)),
        ("123.456,78.9", (12, 12)),
        (
            "\u6a21\u578b\u5199\u7a0b\u5e8f\uff0c\u6c99\u7bb1\u8fd0\u884c\u5b83\uff0c\u7136\u540e\u56de\u7b54\u95ee\u9898\u3002",
            (34, 13),
        ),
    ],
)
def test_tokens_are_rather_overestimated(text, n_tokens):
    with serve(kind="plain") as server:
        counted = opened(server).count_tokens([Message("user", text)])
    assert max(n_tokens) <= counted <= 2 * max(n_tokens) + 20


@pytest.mark.parametrize(
    ("options", "continues"),
    [
        ({"continues": True}, True),
        ({"continues": False}, False),
        ({"continues": True, "has_usage": False}, False),
    ],
)
def test_whether_a_begun_answer_is_continued_is_found_out_once(options, continues):
    with serve(kind="plain", **options) as server:
        model = opened(server)
        model.generate(HELLO, GenerationParams())
        assert len(server.requests) == len([r for r in server.requests if r[0] != "/v1/chat/completions"]) + 1
        for _ in range(2):
            model.generate(HELLO, GenerationParams(), prefill="```python\n")
        assert [messages[-1]["role"] for messages in server.conversations()[1:]] == [
            "assistant" if continues else "user"
        ] * 2
        probes = [body for _, body, _ in server.requests if body and body.get("max_tokens") == 1]
        assert len(probes) == (2 if options.get("has_usage", True) else 1)
