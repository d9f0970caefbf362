"""What goes wrong with servers: each error says what, why and what mends it, and the model is usable afterwards."""

import json
import socket
import threading

import pytest

from offline_ci.errors import ModelServerError, PromptTooLongError
from offline_ci.llm import server_http
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.scripted import ScriptedModel
from offline_ci.llm.server import ServerModel
from offline_ci.llm.server_http import ServerAddress, parse_address
from support.model_server import Canned, ModelServer, sse, text_event

HELLO = [Message("user", "Hello")]
CHAT = "/v1/chat/completions"


@pytest.fixture
def server():
    with ModelServer(ScriptedModel(lambda _messages, _prefill: "It is well.")) as it:
        yield it


@pytest.fixture
def model(server):
    return ServerModel(parse_address(server.url))


def write(model, **options):
    return model.generate(HELLO, GenerationParams(), **options)


def fails(server, model, canned, said):
    server.canned[CHAT] = [canned]
    with pytest.raises(ModelServerError, match=said) as caught:
        write(model)
    assert caught.value.hint
    del server.canned[CHAT]
    assert write(model).text == "It is well."
    return str(caught.value)


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ModelServerError, match=rf"No server listens at http://127\.0\.0\.1:{port}/v1\."):
        ServerModel(parse_address(f"http://127.0.0.1:{port}/v1"))


def test_something_else_listens():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk():
            with listening.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(ModelServerError, match="does not speak HTTP"):
            ServerModel(parse_address(f"http://127.0.0.1:{listening.getsockname()[1]}/v1"))
        thread.join()


def remote(server, scheme):
    """A server that is taken for one of another machine."""
    return ServerAddress("", scheme, "127.0.0.1", server.port, "/v1", "", is_local=False)


def test_a_server_elsewhere_is_warned_of(server):
    (warning,) = ServerModel(remote(server, "http")).info.warnings
    assert warning == "Requests, and what files hold, go to another machine, unencrypted: 127.0.0.1."


def test_https_that_is_none(server):
    with pytest.raises(ModelServerError, match="There is no secure connection to https://127"):
        ServerModel(remote(server, "https"))


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "[]", '{"data": "none"}', "[" * 100_000])
def test_no_list_of_models(server, body):
    server.canned["/v1/models"] = [Canned(body)]
    with pytest.raises(ModelServerError, match="has no list of models"):
        ServerModel(parse_address(server.url))


def test_another_path(server):
    with pytest.raises(ModelServerError, match="does not know what it is asked for: File Not Found") as caught:
        ServerModel(parse_address(server.url + "/v2"))
    assert "most often ends in /v1" in caught.value.hint


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("elsewhere", ["http://192.0.2.1/v1", "/elsewhere"])
def test_a_redirect_is_not_followed(server, model, status, elsewhere):
    said = fails(server, model, Canned(status=status, headers={"Location": elsewhere}), "redirects are not followed")
    assert elsewhere in said
    assert [path for path, *_ in server.requests].count("/elsewhere") == 0


def test_proxies_are_not_used(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert write(ServerModel(parse_address(server.url))).text == "It is well."


def test_a_key_that_is_wanted(server, monkeypatch):
    server.key = "sesame"
    with pytest.raises(ModelServerError, match="wants another key: Invalid API Key") as caught:
        ServerModel(parse_address(server.url))
    assert "OFFLINE_CI_SERVER_KEY" in caught.value.hint
    monkeypatch.setenv("OFFLINE_CI_SERVER_KEY", "sesame")
    assert write(ServerModel(parse_address(server.url))).text == "It is well."


def test_a_key_is_sent_only_where_there_is_one(server, model):
    write(model)
    assert not any("Authorization" in headers for *_, headers in server.requests)


@pytest.mark.parametrize(
    ("canned", "said"),
    [
        (Canned(json.dumps({"error": {"message": "model 'x' not found"}}), 404), "asked for: model 'x' not found"),
        (Canned(json.dumps({"error": "Loading model"}), 503), "is not ready: Loading model"),
        (Canned(json.dumps({"detail": "out of\nmemory"}), 500), "HTTP status 500: out of memory"),
        (Canned("oops", 500), r"answers with HTTP status 500\."),
        (Canned(""), "ended in the middle of its answer"),
        (Canned(sse(text_event("It"))), "ended in the middle of its answer"),
        (Canned(sse(text_event("It"), "{broken")), "breaks off its answer"),
        (Canned(sse("[1]")), "breaks off its answer"),
        (Canned(sse(text_event("It"), {"error": {"message": "no GPU left"}})), "breaks off its answer: no GPU left"),
        (Canned('error: {"message": "no slot"}\n\n'), "breaks off its answer: no slot"),
        (Canned(sse(text_event("It")), headers={"Content-Length": "100000"}), "ended in the middle"),
        (Canned(b"1000\r\nabc", headers={"Transfer-Encoding": "chunked"}), "has broken off"),
        (Canned(b"zz\r\nabc", headers={"Transfer-Encoding": "chunked"}), "ended in the middle"),
    ],
)
def test_answers_that_are_none(server, model, canned, said):
    fails(server, model, canned, said)


@pytest.mark.parametrize(
    "events",
    [
        [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}, {"choices": []}],
        [{}, {"choices": [None]}, {"choices": [{"delta": None}]}, {"usage": None, "timings": None}],
        [{"choices": [{"delta": {"reasoning_content": "Hm."}}]}, {"usage": {"prompt_tokens": "many"}}],
    ],
)
def test_events_without_text_are_passed_over(server, model, events):
    server.canned[CHAT] = [Canned(": a comment\r\n\r\nevent: message\r\n" + sse(*events, text_event("Yes.", "stop")))]
    completion = write(model)
    assert (completion.text, completion.finish_reason, completion.completion_tokens) == ("Yes.", "stop", 1)


def test_a_server_that_does_not_end(server, model):
    server.canned[CHAT] = [Canned(sse(*(text_event("and " * 100) for _ in range(100))), holds=True)]
    completion = model.generate(HELLO, GenerationParams(max_tokens=10))
    assert completion.finish_reason == "length"
    assert 2000 < len(completion.text) < 3000


def test_silence_has_an_end(server, model, monkeypatch):
    monkeypatch.setattr(server_http, "SILENCE_S", 0.1)
    fails(server, model, Canned(sse(text_event("It")), holds=True), "has said nothing for 0 s")


def test_an_interruption_does_not_wait_for_the_server(server, model):
    server.canned[CHAT] = [Canned(sse(text_event("It")), holds=True)]
    heard = threading.Event()
    other = threading.Thread(target=lambda: (heard.wait(), model.interrupt()))
    other.start()
    completion = write(model, on_text=lambda _text: heard.set())
    other.join()
    assert (completion.text, completion.finish_reason) == ("It", "interrupted")


@pytest.mark.parametrize(
    ("status", "error", "n_tokens", "n_ctx"),
    [
        (400, {"message": "request (31 tokens) exceeds the available context size (20 tokens)",
               "type": "exceed_context_size_error", "n_prompt_tokens": 31, "n_ctx": 20}, 31, 20),
        (400, {"message": "This model's maximum context length is 20 tokens. However, you requested 31."}, 0, 4096),
        (500, {"message": "input length exceeds the context window"}, 0, 4096),
    ],
)  # fmt: skip
def test_a_conversation_that_the_server_finds_too_long(server, model, status, error, n_tokens, n_ctx):
    server.canned[CHAT] = [Canned(json.dumps({"error": error}), status)]
    with pytest.raises(PromptTooLongError, match="does not fit the context of scripted: ") as caught:
        write(model)
    assert (caught.value.n_tokens, caught.value.n_ctx) == (n_tokens, n_ctx)
    assert caught.value.hint


def test_a_server_that_refuses_what_it_does_not_know():
    with ModelServer(ScriptedModel(["one", "two"]), kind="plain", is_strict=True) as server:
        model = ServerModel(parse_address(server.url))
        assert [write(model).text for _ in range(2)] == ["one", "two"]
        assert len([path for path, *_ in server.requests if path == CHAT]) == 3
