"""What llama.cpp was compiled for, by the names that Linux gives it."""

import pytest

from offline_ci import _env
from offline_ci.bundle.processor import needed_flags

INFO = "CPU : SSE3 = 1 | AVX = 1 | AVX512 = 1 | AVX512_VNNI = 0 | BMI2 = 1 | LLAMAFILE = 1 | REPACK = 1 | "


def test_features_by_linuxs_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_env, "cpu_flags", lambda: frozenset({"pni", "avx", "avx512f", "avx512_vnni", "bmi2", "fpu"}))
    assert needed_flags(INFO) == ("avx", "avx512f", "bmi2", "pni")


def test_this_build_asks_for_nothing_that_is_not_here() -> None:
    assert set(needed_flags()) <= _env.cpu_flags()
