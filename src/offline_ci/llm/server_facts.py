"""What a server of models says about itself: which models it has, and how much context they have.

Only llama-server tells all that is asked here; for the others the OpenAI protocol is all there is, and a little more
is known of a few. A fact that a server does not tell is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

from offline_ci.errors import ModelServerError, UsageError
from offline_ci.llm.server_http import ServerClient

_MARK: Final = "OfflineCiPrefill"
_EMBEDDINGS: Final = "text-embedding-"
"""What LM Studio's list has besides models that write."""
_MAX_LISTED: Final = 20
EXTRAS: Final[dict[str, Any]] = {"chat_template_kwargs": {"enable_thinking": False}}
"""Reasoning models are not to think: thoughts would use up the room for the program, and forbid a begun answer."""
CONTINUE: Final[dict[str, Any]] = {"continue_final_message": True, "add_generation_prompt": False}
"""What tells vLLM, and newer versions of llama-server, to continue a begun answer."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A model on a server.

    Attributes:
        model: its name there.
        software: the server's, with its version.
        n_ctx: context in tokens.
        continues: whether a begun answer is continued.
        has_tokenizer: whether it counts tokens as llama-server does.
        extras: fields that requests to it carry besides those of the protocol.
    """

    model: str
    software: str = ""
    n_ctx: int | None = None
    continues: bool | None = None
    has_tokenizer: bool = False
    extras: tuple[tuple[str, Any], ...] = tuple(EXTRAS.items())

    @property
    def name(self) -> str:
        """For people: a GGUF file's path, which is llama-server's name for its model, without folder and suffix."""
        return PurePath(self.model).stem if self.model.endswith(".gguf") else self.model


def learn(client: ServerClient) -> ServerFacts:
    """Ask a server about the model that its address names.

    Raises:
        ModelServerError: it cannot be reached, or answers nonsense.
        UsageError: it has several models, and none was named, or not the one that was named.
    """
    entry = _choose(client)
    facts = ServerFacts(entry["id"])
    for look in (_as_vllm, _as_llama_server, _as_ollama, _as_lm_studio):
        if (found := look(client, entry, facts)) is not None:
            return found
    return facts


def _choose(client: ServerClient) -> dict[str, Any]:
    """The entry of the list of models that is meant."""
    address = client.address
    status, document = client.ask(f"{address.path}/models")
    if status != 200:
        raise refusal(client, status, document)
    listed = document.get("data") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ModelServerError(
            f"{address.url}/models has no list of models, so that is no server of the OpenAI protocol.",
            hint="Check the address; it most often ends in /v1.",
        )
    entries = {e["id"]: e for e in listed if isinstance(e, dict) and isinstance(e.get("id"), str) and e["id"]}
    if address.model:
        for name in (address.model, f"{address.model}:latest"):  # the latter as Ollama completes it
            if name in entries:
                return dict(entries[name])
        raise UsageError(f"The server {address.url} has no model {address.model!r}.", hint=_offer(list(entries)))
    writers = [name for name in entries if not name.startswith(_EMBEDDINGS)]
    if len(writers) != 1:
        many = f"has {len(writers)} models" if writers else "has no model"
        raise UsageError(f"The server {address.url} {many}.", hint=_offer(writers))
    return dict(entries[writers[0]])


def _offer(names: Sequence[str]) -> str:
    if not names:
        return "Load one there first."
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"Name one after the address, as in http://127.0.0.1:PORT/v1#NAME: {', '.join(names[:_MAX_LISTED])}{more}."


def refusal(client: ServerClient, status: int | None, document: Any) -> ModelServerError:
    """The error for an answer that is none.

    Args:
        client: has got it.
        status: of HTTP; None where it had begun well.
        document: what was said.
    """
    where = f"The server {client.address.url}"
    said = words(document)
    if status is None:
        return ModelServerError(f"{where} breaks off its answer{said}.", hint="See what it wrote itself.")
    if status in {401, 403}:
        return ModelServerError(
            f"{where} wants another key{said}.", hint="Put it into the environment variable OFFLINE_CI_SERVER_KEY."
        )
    if status == 404:
        return ModelServerError(
            f"{where} does not know what it is asked for{said}.",
            hint="Check the address, which most often ends in /v1, and the model's name.",
        )
    if status == 503:
        return ModelServerError(f"{where} is not ready{said}.", hint="Wait until it has loaded its model.")
    return ModelServerError(f"{where} answers with HTTP status {status}{said}.", hint="See what it wrote itself.")


def words(document: Any) -> str:
    """What a server says of an error, to be put after a sentence; empty where it says nothing."""
    found = document.get("error", document) if isinstance(document, dict) else None
    if isinstance(found, dict):
        found = next((found[key] for key in ("message", "detail") if key in found), None)
    text = " ".join(str(found).split()) if found else ""
    return f": {text[:300].rstrip('.')}" if text else ""


# --- kinds of servers


def _as_vllm(_client: ServerClient, entry: dict[str, Any], facts: ServerFacts) -> ServerFacts | None:
    n_ctx = _count(entry.get("max_model_len"))
    return replace(facts, software="vLLM", n_ctx=n_ctx) if n_ctx else None


def _as_llama_server(client: ServerClient, _entry: dict[str, Any], facts: ServerFacts) -> ServerFacts | None:
    root = client.address.root
    status, props = client.ask(f"{root}/props")
    if status in {401, 403}:  # it lists its models to everybody, and nothing else
        raise refusal(client, status, props)
    settings = props.get("default_generation_settings") if status == 200 and isinstance(props, dict) else None
    if not isinstance(settings, dict):
        return None
    facts = replace(facts, software=f"llama-server {props.get('build_info', '')}".strip())
    facts = replace(facts, n_ctx=_count(settings.get("n_ctx")))
    begun = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": _MARK}]
    status, applied = client.ask(f"{root}/apply-template", {"messages": begun, **EXTRAS, **CONTINUE})
    prompt = applied.get("prompt") if isinstance(applied, dict) else None
    if status == 404:  # before 2025
        return facts
    continues = isinstance(prompt, str) and prompt.endswith(_MARK)
    status, counted = client.ask(f"{root}/tokenize", {"content": _MARK})
    has_tokenizer = isinstance(counted, dict) and isinstance(counted.get("tokens"), list)
    return replace(facts, continues=continues, has_tokenizer=has_tokenizer)


def _as_ollama(client: ServerClient, _entry: dict[str, Any], facts: ServerFacts) -> ServerFacts | None:
    root = client.address.root
    _, version = client.ask(f"{root}/api/version")
    if not (isinstance(version, dict) and isinstance(version.get("version"), str)):
        return None
    # Its context is settled when a model is loaded, and not what /api/show says that the model was trained for.
    status, document = client.ask(f"{root}/api/generate", {"model": facts.model, "stream": False})
    if status != 200:
        raise refusal(client, status, document)
    _, running = client.ask(f"{root}/api/ps")
    models = running.get("models") if isinstance(running, dict) else None
    n_ctx = next((_count(m.get("context_length")) for m in _dicts(models) if m.get("name") == facts.model), None)
    extras = (*facts.extras, ("reasoning_effort", "none"))
    return replace(facts, software=f"Ollama {version['version']}", n_ctx=n_ctx, extras=extras)


def _as_lm_studio(client: ServerClient, _entry: dict[str, Any], facts: ServerFacts) -> ServerFacts | None:
    status, document = client.ask(f"{client.address.root}/api/v0/models")
    listed = document.get("data") if status == 200 and isinstance(document, dict) else None
    for model in _dicts(listed):
        if model.get("id") == facts.model:
            return replace(facts, software="LM Studio", n_ctx=_count(model.get("loaded_context_length")))
    return None


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 1 << 31 else None
