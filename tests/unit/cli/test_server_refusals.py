"""Servers that are not taken: one paragraph, the contract's status, and nothing started."""

import json
import socket

import pytest

from offline_ci.llm.scripted import ScriptedModel
from support.model_server import Canned, ModelServer


def ask(*options):
    return ("ask", "Do it", *options)


@pytest.mark.parametrize("command", [ask("-m"), ("bench", "run", "--suite", "tasks.jsonl", "-m")])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://192.0.2.1:8080/v1", "The server 192.0.2.1 is not known to be this machine, and requests would take"),
        ("https://models.example/v1", "The server models.example is not known to be this machine"),
        ("https://127.0.0.1:8443/v1", "https://127.0.0.1:8443/v1 is on this machine, where plain HTTP is spoken."),
        ("http://me:secret@127.0.0.1/v1", "The address of the server at 127.0.0.1 has a user name or a password"),
        ("http://127.0.0.1:port/v1", "http://127.0.0.1:port/v1 is no address of a server"),
        ("http://127.0.0.1/\x1b[2J", "The address 'http://127.0.0.1/\\x1b[2J' has characters that no address has."),
    ],
)  # fmt: skip
def test_addresses_that_are_refused(refused, tmp_path, command, address, said):
    (tmp_path / "tasks.jsonl").write_text(
        json.dumps({"task_id": "t", "prompt": "def f():\n", "entry_point": "f", "test": "assert f() == 1"}) + "\n"
    )
    assert refused(2, *command, address).startswith(said)


def test_nothing_listens(refused):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    assert refused(4, *ask("-m", address)) == f"No server listens at {address}. Start it, or check the port."


def test_a_server_with_several_models_or_none(refused):
    with ModelServer(ScriptedModel([])) as server:
        server.models = [{"id": "a\x1b[2J"}, {"id": "b"}]
        said = refused(2, *ask("-m", server.url))
        assert said.startswith(f"The server {server.url} has 2 models. Name one after the address")
        assert said.endswith("#NAME: a\\x1b[2J, b.")
        server.models = []
        assert refused(2, *ask("-m", server.url)) == f"The server {server.url} has no model. Load one there first."


def test_a_server_that_leads_elsewhere(refused):
    with ModelServer(ScriptedModel([])) as server:
        server.canned["/v1/models"] = [Canned(status=302, headers={"Location": "http://192.0.2.1/"})]
        assert "redirects are not followed" in refused(4, *ask("-m", server.url))


def test_a_cluster_has_no_server_of_this_machine(refused, tmp_path):
    (tmp_path / "tasks.jsonl").write_text(
        json.dumps({"task_id": "t", "prompt": "def f():\n", "entry_point": "f", "test": "assert f() == 1"}) + "\n"
    )
    command = ("bench", "run", "--suite", "tasks.jsonl", "--engine", "ray", "-m", "http://127.0.0.1:1/v1")
    assert refused(2, *command).startswith("The nodes of a Ray cluster do not share a server.")
