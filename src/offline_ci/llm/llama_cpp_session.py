"""One loaded model at work: its thread, and which tokens llama.cpp has evaluated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final, ParamSpec, TypeVar

from offline_ci.llm._checks import closed
from offline_ci.llm._work import Work
from offline_ci.llm.llama_cpp_batch import common_length
from offline_ci.llm.llama_cpp_load import Loaded
from offline_ci.llm.llama_cpp_native import MAX_GUESSED, N_BATCH, Row, Sampler
from offline_ci.llm.lookup import Lookup
from offline_ci.llm.prefix_cache import PrefixCache

MIN_CACHED_PREFIX: Final = 64
"""Tokens; a shorter prefix is evaluated as fast as its state is read."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class NativeThread(Work):
    """The one thread that enters llama.cpp for longer than a moment.

    Python handles signals only between the main thread's byte codes, so called from there, a prompt of 500 tokens would
    hold Ctrl-C up for seconds; waiting for another thread does not. And OpenMP keeps a team of threads for each thread
    that calls it, so it must always be the same one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="llama.cpp")

    def run(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function on the thread; an exception here (Ctrl-C) cancels it and waits for it to end.

        Raises:
            ModelError: the model is closed.
        """
        if self.closed:
            raise closed()
        future = self._executor.submit(function, *args, **kwargs)
        try:
            return future.result()
        except BaseException:
            if not future.done():
                self.cancel()
                wait([future])
            raise

    def join(self) -> None:
        """Wait for the thread's end, after ``close``."""
        self._executor.shutdown(wait=True)


class Session:
    """The model's contexts and what is in them.

    Invariant: llama.cpp's memory begins with ``_tokens``; after an exception it may hold more, which ``_keep`` cuts.

    Args:
        loaded: the model in memory; freed by ``close``.
        thread: where its work is done.
        threads: says how many threads may compute now.
        cache: keeps evaluated prefixes on disk, or None.
        lookup: guesses the next tokens, or None.
    """

    def __init__(
        self,
        loaded: Loaded,
        thread: NativeThread,
        threads: Callable[[], int],
        cache: PrefixCache | None,
        lookup: Lookup | None,
    ) -> None:
        self._lanes = loaded.lanes
        self._thread = thread
        self._threads = threads
        self._cache = cache
        self._tokens: list[int] = []
        self._lookup = lookup if loaded.lanes.model.can_forget else None
        self._ahead: deque[int] = deque()  # what follows the tokens that were guessed right

    def evaluate(self, tokens: Sequence[int], prefix: Sequence[int]) -> tuple[int, bool]:
        """Bring the context to the end of a prompt.

        The prefix is always evaluated by itself, from the first token on, before the rest: so a state read from disk
        is, bit for bit, what evaluation would give, and a second run gives the first one's answer.

        Args:
            tokens: the whole prompt, at least one token.
            prefix: the beginning that is worth keeping on disk; empty for none.

        Returns:
            Tokens that needed no evaluation, and whether the prompt is complete (False: cancelled).
        """
        self._ahead.clear()
        if self._lookup:
            self._lookup.start(tokens)
        common = common_length(self._tokens, tokens[:-1])
        if len(prefix) > common and len(prefix) < len(tokens) and list(tokens[: len(prefix)]) == list(prefix):
            common, complete = self._evaluate_prefix(prefix, common)
            if not complete:
                return common, False
            self._keep(len(prefix))
        else:
            common = self._keep(common)
        return common, self._advance(tokens[len(self._tokens) :])

    def _evaluate_prefix(self, prefix: Sequence[int], common: int) -> tuple[int, bool]:
        cache = self._cache if len(prefix) >= MIN_CACHED_PREFIX else None
        state = cache.load(prefix) if cache else None
        if state is not None:
            self._tokens = []
            if self._thread.run(lambda: self._lanes.reading(len(prefix)).restore(state)):
                self._tokens = list(prefix)
                return len(prefix), True
        common = self._keep(common)
        complete = self._advance(prefix[common:])
        if cache and complete and common == 0:
            cache.save(prefix, self._thread.run(self._lanes.held.state))
        return common, complete

    def sample(self, sampler: Sampler) -> int:
        """The token that follows the prompt."""
        return self._thread.run(lambda: sampler.sample(self._lanes.held))

    def step(self, token: int, sampler: Sampler) -> int:
        """Append a token; the one that follows.

        Where the text has been the same before, the next tokens are guessed and evaluated with this one: those that
        would have been sampled anyway are kept. Measured with repacked weights on x86-64, two threads: four tokens
        take twice the time of one.
        """
        if self._lookup:
            self._lookup.append(token)
        following = self._ahead.popleft() if self._ahead else self._thread.run(self._step, token, sampler)
        self._tokens.append(token)
        return following

    def _step(self, token: int, sampler: Sampler) -> int:
        n_past = len(self._tokens)
        guessed = self._guess(n_past)
        context = self._lanes.writing(n_past + 1 + len(guessed))
        context.set_threads(self._threads())
        if not guessed:
            context.evaluate([token])
            return sampler.sample(context)
        rows = [Row(0, n_past + i, guess, is_output=True) for i, guess in enumerate([token, *guessed])]
        context.evaluate_rows(rows)
        sampled = [sampler.sample(context, 0)]
        for row, guess in enumerate(guessed, 1):
            if sampled[-1] != guess:
                break
            sampled.append(sampler.sample(context, row))
        context.keep(n_past + len(sampled))
        self._ahead.extend(sampled[1:])
        return sampled[0]

    def _guess(self, n_past: int) -> Sequence[int]:
        room = self._lanes.n_ctx - n_past - 1
        return self._lookup.guess(min(MAX_GUESSED, room)) if self._lookup else []

    def rest(self) -> None:
        """Nothing to do: nobody waits for this conversation's next token."""

    def close(self) -> None:
        """Free everything; a second call does nothing. The thread must be closed, and nobody else inside."""
        self._lanes.free()

    def _keep(self, n_tokens: int) -> int:
        """Forget all but the first tokens; returns how many are left."""
        kept = self._thread.run(lambda: self._lanes.held.keep(n_tokens))
        del self._tokens[kept:]
        return kept

    def _advance(self, tokens: Sequence[int]) -> bool:
        if not tokens:
            return True
        expected = len(self._tokens) + len(tokens)
        n_past = self._thread.run(self._evaluate, tokens)
        self._tokens += tokens[: n_past - len(self._tokens)]
        return n_past == expected

    def _evaluate(self, tokens: Sequence[int]) -> int:
        context = self._lanes.reading(len(self._tokens) + len(tokens))
        n_past = context.n_past
        for start in range(0, len(tokens), N_BATCH):
            if self._thread.cancelled():
                break
            context.set_threads(self._threads())
            n_past = context.evaluate(tokens[start : start + N_BATCH])
        return n_past
