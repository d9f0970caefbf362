"""A real HTTP server of the OpenAI protocol on this machine, with a ``CodeModel`` behind it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.scripted import tokenize

TURN = "\1"
"""Begins each message of a rendered conversation: one token, as with a scripted model."""
ENDED = ("stop", "length")


@dataclass
class Canned:
    """An answer that is given in place of the model's."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    holds: bool = False
    """The connection stays open until the client ends it."""


def sse(*events):
    """Events of a stream; text stands for itself."""
    return "".join(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n" for event in events)


def text_event(text, finish_reason=None):
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}]}


class ModelServer:
    """Serves a model.

    Attributes:
        kind: ``llama-server`` tells everything and counts tokens; ``plain`` knows no more than the protocol.
        continues: a trailing message of the assistant, or begins another one.
        has_usage: says how many tokens a completion took.
        is_strict: refuses fields that it does not know.
        key: that it wants, where it wants one.
        models: entries of its list.
        canned: answers by path, in turn; the last one stays.
        requests: (path, body, headers) of all that was asked.
    """

    def __init__(self, model, *, kind="llama-server", continues=True, has_usage=True, is_strict=False, key=""):
        self.model = model
        self.kind = kind
        self.continues = continues
        self.has_usage = has_usage
        self.is_strict = is_strict
        self.key = key
        self.models = [{"id": model.info.name, "object": "model"}]
        self.canned: dict[str, list[Canned]] = {}
        self.requests: list[tuple[str, dict | None, dict[str, str]]] = []
        self._writing = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def conversations(self):
        """Messages of each request for a completion that was streamed."""
        return [
            body["messages"] for path, body, _ in self.requests if path.endswith("/completions") and "stream" in body
        ]

    def answer(self, handler, body):
        self.requests.append((handler.path, body, dict(handler.headers.items())))
        canned = self.canned.get(handler.path)
        if canned:
            return _send_canned(handler, canned.pop(0) if len(canned) > 1 else canned[0])
        if self.key and handler.headers.get("Authorization") != f"Bearer {self.key}":
            return _send(handler, {"error": {"message": "Invalid API Key", "type": "authentication_error"}}, 401)
        if handler.path == "/v1/models":
            return _send(handler, {"object": "list", "data": self.models})
        if handler.path == "/v1/chat/completions":
            return self._complete(handler, body)
        if self.kind == "llama-server":
            if handler.path == "/props":
                settings = {"n_ctx": self.model.info.n_ctx}
                return _send(handler, {"default_generation_settings": settings, "build_info": "b1"})
            if handler.path == "/apply-template":
                return _send(handler, {"prompt": self._rendered(body["messages"])})
            if handler.path == "/tokenize":
                return _send(handler, {"tokens": list(range(len(tokenize(body["content"]))))})
        return _send(handler, {"error": {"message": "File Not Found"}}, 404)

    def _rendered(self, messages):
        messages, prefill = self._split(messages)
        return "".join(f"{TURN}{m.content}" for m in messages) + TURN + prefill

    def _split(self, messages):
        found = [Message(m["role"], m["content"]) for m in messages]
        if self.continues and found[-1].role == "assistant":
            return found[:-1], found[-1].content
        return found, ""

    def _complete(self, handler, body):
        unknown = body.keys() - {"model", "messages", "max_tokens", "stream", "temperature", "top_p", "seed"}
        if self.is_strict and unknown:
            return _send(handler, {"detail": f"unknown fields: {sorted(unknown)}"}, 422)
        if body["model"] not in [model["id"] for model in self.models]:
            return _send(handler, {"error": {"message": f"model {body['model']} not found"}}, 404)
        messages, prefill = self._split(body["messages"])
        params = GenerationParams(
            max_tokens=body["max_tokens"],
            temperature=body.get("temperature", 0.0),
            top_p=body.get("top_p", 1.0),
            seed=body.get("seed"),
        )
        is_stream = body.get("stream", False)
        if is_stream:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.end_headers()

        def write(text):
            if is_stream:
                handler.wfile.write(sse(text_event(text)).encode())

        with self._writing:  # one at a time, as a server with one slot
            completion = self.model.generate(messages, params, prefill=prefill, on_text=write)
        usage = {
            "prompt_tokens": completion.prompt_tokens,
            "completion_tokens": completion.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": completion.cached_tokens},
        }
        told = {"usage": usage} if self.has_usage else {}
        if is_stream:
            end = text_event("", completion.finish_reason)
            tail = sse(end, *([{"choices": [], **told}] if told else []), "[DONE]")
            return handler.wfile.write(tail.encode())
        message = {"role": "assistant", "content": completion.text}
        return _send(handler, {"choices": [{"message": message, "finish_reason": completion.finish_reason}], **told})


def _send(handler, document, status=200):
    _send_canned(handler, Canned(json.dumps(document), status))


def _send_canned(handler, canned):
    body = canned.body.encode() if isinstance(canned.body, str) else canned.body
    handler.send_response(canned.status)
    for name, value in canned.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    if canned.holds:
        handler.wfile.flush()
        handler.connection.recv(1)


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(None)

        def do_POST(self):
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body):
            try:
                server.answer(self, body)
            except OSError:  # the client has heard enough
                self.close_connection = True

        def log_message(self, *_):
            pass

    return Handler
