"""Addresses of servers: of this machine, and no other unless that is allowed."""

import socket

import pytest

from offline_ci.errors import ModelServerError, UsageError
from offline_ci.llm.server_http import ServerClient, parse_address


@pytest.mark.parametrize(
    ("text", "url", "model"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", ""),
        ("http://127.8.9.10:1/v1/", "http://127.8.9.10:1/v1", ""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", ""),
        ("http://127.0.0.1", "http://127.0.0.1:80/v1", ""),
        ("http://[::1]:8080/api/v1", "http://[::1]:8080/api/v1", ""),
        ("http://[::ffff:127.0.0.1]:8080/v1", "http://[::ffff:127.0.0.1]:8080/v1", ""),
        ("http://LocalHost:11434/v1#qwen2.5-coder:7b", "http://localhost:11434/v1", "qwen2.5-coder:7b"),
        ("http://127.0.0.1:1/v1#a%20b/c#d", "http://127.0.0.1:1/v1", "a b/c#d"),
    ],
)
def test_this_machine(text, url, model):
    address = parse_address(text)
    assert (address.url, address.model, address.is_local, address.text) == (url, model, True, text)


REMOTE = (
    "http://192.0.2.1:8080/v1",
    "http://0.0.0.0:8080/v1",
    "http://10.0.0.1/v1",
    "http://128.0.0.1/v1",
    "http://[::]:8080/v1",
    "http://[fe80::1%25lo]/v1",
    "http://models.example/v1",
    "http://localhost.example/v1",
    "http://127.0.0.1.example/v1",
    "http://2130706433/v1",
    "http://0x7f.1/v1",
    "http://127.1/v1",
    "https://models.example/v1",
)


@pytest.mark.parametrize("text", REMOTE)
def test_another_machine_is_refused_by_name(text):
    with pytest.raises(UsageError, match="is not known to be this machine") as caught:
        parse_address(text)
    assert "--allow-remote" in caught.value.hint


@pytest.mark.parametrize("text", REMOTE)
def test_another_machine_where_it_is_allowed(text):
    assert not parse_address(text, allow_remote=True).is_local


def test_a_localhost_that_leads_elsewhere(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    with pytest.raises(UsageError, match="is not known to be this machine"):
        parse_address("http://localhost:8080/v1")


def test_a_localhost_that_leads_elsewhere_by_now(monkeypatch):
    address = parse_address("http://localhost:8080/v1")
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 8080))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    with pytest.raises(UsageError, match="does not mean this machine"):
        ServerClient(address).ask("/v1/models")


def test_a_name_that_nobody_knows(monkeypatch):
    def unknown(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    address = parse_address("http://models.example/v1", allow_remote=True)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ModelServerError, match=r"models\.example cannot be found: Name or service not known"):
        ServerClient(address).ask("/v1/models")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://", "is no address of a server"),
        ("http:///v1", "is no address of a server"),
        ("http://127.0.0.1:0/v1", "is no address of a server"),
        ("http://127.0.0.1:99999/v1", "Port out of range"),
        ("http://127.0.0.1:port/v1", "is no address of a server: "),
        ("http://[::1/v1", "is no address of a server: "),
        ("ftp://127.0.0.1/v1", "is no address of a server"),
        ("http://127.0.0.1/v1?key=1", "has a query"),
        ("http://127.0.0.1/v 1", "characters that no address has"),
        ("http://127.0.0.1/v1\r\nHost: x", "characters that no address has"),
        ("http://127.0.0.1/v1#a%0ab", "characters that no address has"),
        ("http://127.0.0.1\u3002example/v1", "characters that no address has"),
        ("https://127.0.0.1:8443/v1", "where plain HTTP is spoken"),
    ],
)
@pytest.mark.parametrize("allow_remote", [False, True])
def test_no_address(text, said, allow_remote):
    with pytest.raises(UsageError, match=said) as caught:
        parse_address(text, allow_remote=allow_remote)
    assert caught.value.hint


def test_a_password_is_not_repeated():
    with pytest.raises(UsageError, match="a user name or a password") as caught:
        parse_address("http://user:hunter2@127.0.0.1:8080/v1")
    assert "hunter2" not in str(caught.value)
    assert "OFFLINE_CI_SERVER_KEY" in caught.value.hint


@pytest.mark.parametrize("key", ["two\nlines", "schl\u00fcssel"])
def test_a_key_that_cannot_be_sent(key):
    with pytest.raises(UsageError, match="is no key") as caught:
        ServerClient(parse_address("http://127.0.0.1:1/v1"), key)
    assert key not in str(caught.value)
