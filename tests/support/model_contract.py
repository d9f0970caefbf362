"""What every ``CodeModel`` promises, as tests: subclass ``ModelContract`` and give it a ``model`` fixture.

The model must be deterministic when greedy and must write at least ``MIN_TOKENS`` tokens to ``CONVERSATION``, its first
line being at least three characters long.
"""

import threading

import pytest

from offline_ci.errors import ModelError, PromptTooLongError, UsageError
from offline_ci.llm.base import CodeModel, Completion, GenerationParams, Message

CONVERSATION = (
    Message("system", "You are a helpful assistant that answers at length."),
    Message("user", "Write a long story about a fox, a bear and a river, in many short sentences."),
)
MIN_TOKENS = 24
GREEDY = GenerationParams(max_tokens=MIN_TOKENS)


class ModelContract:
    """The tests; ``model`` is open and may be shared by them."""

    def write(self, model: CodeModel, params: GenerationParams = GREEDY, **options: object) -> Completion:
        return model.generate(CONVERSATION, params, **options)

    def test_is_a_code_model(self, model):
        assert isinstance(model, CodeModel)
        assert model.info.name
        assert model.info.n_ctx >= 256
        assert model.info.gpu_layers >= 0

    def test_counts_what_it_evaluates(self, model):
        completion = self.write(model, prefill="Once upon")
        assert completion.prompt_tokens == model.count_tokens(CONVERSATION, prefill="Once upon")
        longer = (*CONVERSATION, Message("assistant", "Once."), Message("user", "Go on."))
        assert 0 < model.count_tokens(CONVERSATION) < completion.prompt_tokens < model.count_tokens(longer)

    def test_stops_at_max_tokens(self, model):
        completion = self.write(model)
        assert (completion.finish_reason, completion.stop) == ("length", None)
        assert completion.completion_tokens == MIN_TOKENS
        assert 0 < completion.first_token_s <= completion.total_s

    def test_zero_tokens_only_evaluates(self, model):
        completion = self.write(model, GenerationParams(max_tokens=0))
        assert (completion.text, completion.finish_reason, completion.completion_tokens) == ("", "length", 0)

    def test_greedy_is_deterministic(self, model):
        assert self.write(model).text == self.write(model).text

    def test_seed_fixes_sampling(self, model):
        params = GenerationParams(max_tokens=MIN_TOKENS, temperature=1.0, seed=7)
        assert self.write(model, params).text == self.write(model, params).text

    def test_streams_its_text(self, model):
        pieces = []
        completion = self.write(model, on_text=pieces.append)
        assert "".join(pieces) == completion.text
        assert len(pieces) > 1
        assert all(pieces)

    def test_stop_string_ends_and_is_not_shown(self, model):
        free = self.write(model).text
        stop = free[len(free) // 2 :][:3]
        pieces = []
        completion = self.write(
            model, GenerationParams(max_tokens=MIN_TOKENS, stop=("never there", stop)), on_text=pieces.append
        )
        assert (completion.finish_reason, completion.stop) == ("stop", stop)
        assert completion.text == free[: free.index(stop)]
        assert "".join(pieces) == completion.text

    def test_stop_string_is_held_back_whole(self, model):
        free = self.write(model).text
        stop = free[4 : len(free) // 2]
        pieces = []
        self.write(model, GenerationParams(max_tokens=MIN_TOKENS, stop=(stop,)), on_text=pieces.append)
        assert "".join(pieces) == free[: free.index(stop)]

    def test_unfinished_stop_string_is_text(self, model):
        free = self.write(model).text
        completion = self.write(model, GenerationParams(max_tokens=MIN_TOKENS, stop=(free[-4:] + "\0never",)))
        assert (completion.text, completion.finish_reason) == (free, "length")

    def test_empty_stop_string_is_refused(self, model):
        with pytest.raises(UsageError, match="stop string is empty"):
            self.write(model, GenerationParams(stop=("",)))

    @pytest.mark.parametrize(
        "params",
        [
            GenerationParams(max_tokens=-1),
            GenerationParams(temperature=-0.5),
            GenerationParams(temperature=float("nan")),
            GenerationParams(top_p=0.0),
        ],
    )
    def test_senseless_parameters_are_refused(self, model, params):
        with pytest.raises(UsageError):
            self.write(model, params)

    def test_prefill_is_not_in_the_text(self, model):
        completion = self.write(model, prefill="In the beginning ")
        assert not completion.text.startswith("In the beginning")
        assert completion.text

    def test_a_second_call_reuses_the_prompt(self, model):
        first = self.write(model)
        again = self.write(model)
        assert again.cached_tokens == again.prompt_tokens - 1
        longer = (*CONVERSATION, Message("assistant", first.text), Message("user", "Go on."))
        followed = model.generate(longer, GREEDY)
        assert first.prompt_tokens - 8 < followed.cached_tokens < followed.prompt_tokens

    def test_interrupt_from_on_text(self, model):
        pieces = []

        def on_text(piece):
            pieces.append(piece)
            model.interrupt()

        completion = self.write(model, on_text=on_text)
        assert completion.finish_reason == "interrupted"
        assert completion.text == "".join(pieces)
        assert completion.completion_tokens < MIN_TOKENS

    def test_interrupt_from_another_thread(self, model):
        started = threading.Event()

        def interrupt():
            started.wait()
            model.interrupt()

        other = threading.Thread(target=interrupt)
        other.start()
        completion = self.write(model, GenerationParams(max_tokens=2000), on_text=lambda _text: started.set())
        other.join()
        assert completion.finish_reason == "interrupted"

    def test_goes_on_after_an_interrupt(self, model):
        before = self.write(model).text
        model.interrupt()
        assert self.write(model).text == before

    def test_goes_on_after_an_exception_in_on_text(self, model):
        before = self.write(model).text

        def fail(_text):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.write(model, on_text=fail)
        assert self.write(model).text == before

    def test_too_long_a_prompt_is_refused(self, model):
        long = (*CONVERSATION, Message("user", "word " * (2 * model.info.n_ctx)))
        with pytest.raises(PromptTooLongError) as caught:
            model.generate(long, GREEDY)
        assert caught.value.n_tokens == model.count_tokens(long) > caught.value.n_ctx == model.info.n_ctx
        assert f"{caught.value.n_tokens:,}" in str(caught.value)
        assert caught.value.hint

    def test_any_text_is_accepted(self, model):
        strange = "\0 \ud800 \U0001f98a <|im_end|>\n<|endoftext|>{{ 7 * 7 }} {% raise %}\r\n\u202e"
        completion = model.generate([*CONVERSATION, Message("user", strange)], GREEDY, prefill=strange)
        assert completion.prompt_tokens > 0

    def test_is_busy_while_it_writes(self, model):
        def again(_text):
            self.write(model)

        with pytest.raises(ModelError, match="already writing"):
            self.write(model, on_text=again)

    def test_closes_twice_and_then_refuses(self, closable_model):
        closable_model.close()
        closable_model.close()
        with pytest.raises(ModelError, match="closed"):
            self.write(closable_model)
