"""``ParallelLlamaCpp`` with real llama.cpp and the small model."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from offline_ci.errors import ModelError, ModelLoadError, UsageError
from offline_ci.llm.base import GenerationParams, Message
from offline_ci.llm.llama_cpp_parallel import ParallelLlamaCpp
from support.model_contract import CONVERSATION, GREEDY, ModelContract
from support.real_models import small

pytestmark = pytest.mark.model

N = 6


def open_small(n_parallel=N, **options):
    return ParallelLlamaCpp(small().path, n_parallel, **{"n_ctx": 1024, "seed": 1, **options})


@pytest.fixture(scope="module")
def parallel():
    with open_small() as parallel:
        yield parallel


class TestContract(ModelContract):
    """One of several, the others at rest."""

    @pytest.fixture
    def model(self, parallel):
        return parallel.models[2]

    @pytest.fixture
    def closable_model(self):
        with open_small(2) as parallel:
            yield parallel.models[1]


def story(number):
    return [CONVERSATION[0], Message("user", f"Write a story about {number} foxes, in many short sentences.")]


def write_all(models, texts, n_tokens=40):
    with ThreadPoolExecutor(len(models)) as pool:
        params = GenerationParams(max_tokens=n_tokens)
        return list(pool.map(lambda pair: pair[0].generate(pair[1], params).text, zip(models, texts, strict=True)))


def test_conversations_do_not_see_each_other(parallel):
    """What each writes beside others is what it writes alone, up to where the last bits of sums may decide."""
    texts = [story(number) for number in range(N)]
    together = write_all(parallel.models, texts)
    alone = [
        model.generate(text, GenerationParams(max_tokens=40)).text
        for model, text in zip(parallel.models, texts, strict=True)
    ]
    assert len(set(together)) == N
    same_beginning = sum(a[:20] == b[:20] for a, b in zip(alone, together, strict=True))
    assert same_beginning >= N - 1


def test_one_that_rests_between_two_others_keeps_its_place(parallel):
    first, middle, last = parallel.models[0], parallel.models[1], parallel.models[2]
    before = middle.generate(story(9), GREEDY)
    write_all([first, last], [story(1), story(2)])
    again = middle.generate(story(9), GREEDY)
    assert (again.text, again.cached_tokens) == (before.text, again.prompt_tokens - 1)


def test_one_is_interrupted_and_the_others_go_on(parallel):
    started = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(
            parallel.models[0].generate, story(1), GenerationParams(max_tokens=900), on_text=lambda _: started.set()
        )
        other = pool.submit(parallel.models[1].generate, story(2), GREEDY)
        started.wait()
        parallel.models[0].interrupt()
        assert endless.result().finish_reason == "interrupted"
        assert other.result().finish_reason == "length"


def test_an_exception_in_one_does_not_hold_up_the_others(parallel):
    def fail(_text):
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as pool:
        broken = pool.submit(parallel.models[0].generate, story(1), GREEDY, on_text=fail)
        other = pool.submit(parallel.models[1].generate, story(2), GREEDY)
        with pytest.raises(ZeroDivisionError):
            broken.result()
        assert other.result().finish_reason == "length"


def test_closed_while_one_writes():
    parallel = open_small(2)
    started = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(
            parallel.models[0].generate, story(1), GenerationParams(max_tokens=900), on_text=lambda _: started.set()
        )
        started.wait()
        parallel.close()
        with suppress(ModelError):  # it had just asked for a token
            assert writing.result().finish_reason == "interrupted"
    parallel.close()


def test_senseless_arguments_are_refused(tmp_path):
    with pytest.raises(UsageError, match="0 conversations"):
        open_small(0)
    (tmp_path / "x.gguf").write_bytes(b"GGUF nothing")
    with pytest.raises(ModelLoadError):
        ParallelLlamaCpp(tmp_path / "x.gguf", 2)
