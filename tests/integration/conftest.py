"""A sandbox on the real runtime, in either isolation; made once a module, and fresh for every test."""

import pytest

from offline_ci import Sandbox


@pytest.fixture(scope="module", params=["process", "inline"])
def isolation(request):
    return request.param


@pytest.fixture(scope="module")
def shared(isolation):
    with Sandbox(isolation=isolation) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared):
    shared.reset()
    return shared
