from dataclasses import replace

import pytest

from offline_ci.artifacts.catalog import Catalog, CatalogModel, Figures
from offline_ci.artifacts.models import ModelStore
from offline_ci.artifacts.store import Store
from offline_ci.llm.capacity import Machine
from offline_ci.llm.choice import ranked, survey
from offline_ci.llm.speed import Speed
from support.artifacts import spec_of
from support.gguf_bytes import gguf

GB = 10**9
MEASURED = Speed("small", GB, 16.0, 95.0, 2, "build", 0)


def offer(name, gigabytes, humaneval, share=1.0):
    spec = replace(spec_of(b"", name=name, filename=f"{name}.gguf", role="model"), size_bytes=round(gigabytes * GB))
    return CatalogModel(spec, "One.", "1B", "Q4_K_M", Figures(32768, 30_000, share), humaneval, "a card")


OFFERED = {
    "small": offer("small", 1, 70.7),
    "middle": offer("middle", 2, 84.0),
    "experts": offer("experts", 8, 84.0, share=0.2),
    "unscored": offer("unscored", 2, None),
    "large": offer("large", 8, 90.0),
    "huge": offer("huge", 40, 99.0),
}


@pytest.fixture
def store(tmp_path):
    return ModelStore(Store(tmp_path), Catalog("small", OFFERED))


def names(candidates):
    return [candidate.record.name for candidate in candidates]


def test_the_best_score_of_those_that_fit_comes_first_and_of_equals_the_smaller(store):
    candidates = survey(store.list(), Machine(16 * GB))
    assert [candidate.verdict for candidate in candidates] == ["fits"] * 5 + ["too large"]
    assert names(ranked(candidates)) == ["large", "middle", "experts", "small"]


def test_what_is_too_slow_is_left_out_where_the_speed_is_known(store):
    candidates = survey(store.list(), Machine(16 * GB, speed=MEASURED))
    *rates, huge = (candidate.tokens_per_s for candidate in candidates)
    assert rates == pytest.approx([16.0, 8.38, 10.35, 8.38, 2.17], abs=0.01)
    assert huge is None
    assert names(ranked(candidates)) == ["middle", "experts", "small"]
    assert names(ranked(candidates, 9)) == ["experts", "small"]
    assert names(ranked(candidates, 1))[0] == "large"
    assert ranked(candidates, 100) == []


def test_a_measured_mixture_of_experts_is_scaled_by_what_it_reads(store):
    speed = Speed("experts", 8 * GB, 10.0, 95.0, 2, "build", 0)
    small = survey(store.list(), Machine(16 * GB, speed=speed))[0]
    assert small.tokens_per_s == pytest.approx(10 * 1.7 / 1.1)


def test_a_file_of_the_user_is_described_by_its_header(store, tmp_path):
    mine = tmp_path / "mine.gguf"
    mine.write_bytes(gguf())
    store.add(mine)
    *_, candidate = survey(store.list(), Machine(16 * GB))
    assert (candidate.record.name, candidate.parameters, candidate.quantisation) == ("mine", "0M", "Q4_0")
    assert (candidate.verdict, candidate.humaneval) == ("fits", None)
    mine.unlink()
    *_, candidate = survey(store.list(), Machine(16 * GB))
    assert (candidate.parameters, candidate.cost, candidate.verdict) == ("", None, None)
