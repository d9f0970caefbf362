"""A few seconds of what ``make soak`` does for ten minutes with fifty sandboxes."""

import pytest

from security.soak import soak

pytestmark = [pytest.mark.runtime, pytest.mark.slow]


def test_sandboxes_under_load_lose_nothing_and_leave_nothing():
    state = soak(8, 12.0, lambda _line: None)
    assert state.wrong == []
    assert len(state.steps) >= 10
