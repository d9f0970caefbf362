import pytest

from support.guest_memory import GuestSide, make_host


@pytest.fixture
def host():
    return make_host()


@pytest.fixture
def guest(host):
    return GuestSide(host)
