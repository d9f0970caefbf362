"""A small bundle, written by the real writer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from offline_ci.bundle.head.payload import Bundle
from support.small_bundle import write_bundle


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Bundle]:
    def make(name: str = "x.bundle", part_size: int | None = None, **changes: object) -> Bundle:
        return write_bundle(tmp_path / name, part_size, **changes)

    return make
