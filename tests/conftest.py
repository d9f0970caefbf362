"""Rules for all tests: no network beyond this machine, and tests without the real runtime see a home of their own.

Integration tests use the real ``OFFLINE_CI_HOME``: a missing runtime or model is a failure that names the command,
never a skip.
"""

import ipaddress
import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, and no deadlines: these machines are shared.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# In the first of several processes readline sets them, for all that it starts; tests bring terminals of their own size.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

OWN_HOME = {Path(__file__).parent / name for name in ("unit", "benchmarks")}


def pytest_addoption(parser):
    parser.addoption("--suites", choices=["sample", "all"], default="sample", help="how much of others' test suites")


def pytest_collection_modifyitems(items):
    """Tests with a model take longest; they begin, so that of two processes (``make test``) none is left with them."""
    items.sort(key=lambda item: item.get_closest_marker("model") is None)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch):
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in {socket.AF_INET, socket.AF_INET6} and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"a test tried to reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _own_home(request, monkeypatch, tmp_path_factory):
    if OWN_HOME & set(request.path.parents):
        monkeypatch.setenv("OFFLINE_CI_HOME", str(tmp_path_factory.mktemp("home")))
