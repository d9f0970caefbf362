"""Several conversations evaluated together: one pass over the weights gives each of them its next token.

Writing is bound by reading the weights from memory, so the tokens of sixteen conversations take little longer than one
conversation's. Prompts go first, one after the other: the more conversations write, the better. A pass begins when each
conversation that is writing has said what its last token is, so one whose caller dawdles holds up the others.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from offline_ci.errors import ModelError
from offline_ci.llm._checks import closed
from offline_ci.llm._work import Work
from offline_ci.llm.llama_cpp_native import CPU_UBATCH, Context, Row, Sampler


@dataclass(slots=True)
class _Read:
    """A prompt to be evaluated."""

    seq: int
    position: int
    tokens: Sequence[int]
    cancelled: Callable[[], bool]
    done: Future[int] = field(default_factory=Future)


@dataclass(slots=True)
class _Step:
    """A token to be appended; gives the one that follows."""

    seq: int
    position: int
    token: int
    sampler: Sampler
    done: Future[int] = field(default_factory=Future)


class Batcher:
    """Evaluates on a thread of its own what conversations on other threads ask for.

    Args:
        context: with a sequence for each conversation; used by this alone, and freed by ``close``.
        threads: says how many threads may compute now.
    """

    def __init__(self, context: Context, threads: Callable[[], int]) -> None:
        self._context = context
        self._threads = threads
        self._changed = threading.Condition()
        self._reads: deque[_Read] = deque()
        self._steps: dict[int, _Step] = {}
        self._writing: set[int] = set()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="llama.cpp batch")
        self._thread.start()

    def read(self, seq: int, position: int, tokens: Sequence[int], cancelled: Callable[[], bool]) -> int:
        """Replace what a conversation has from a position on by these tokens; returns how many it has then.

        Raises:
            ModelError: closed, or llama.cpp reports an error.
        """
        return self._wait_for(_Read(seq, position, tokens, cancelled))

    def step(self, seq: int, position: int, token: int, sampler: Sampler) -> int:
        """Append a token to a conversation; the one that follows. Until ``rest``, the others wait for this one.

        Raises:
            ModelError: closed, or llama.cpp reports an error.
        """
        return self._wait_for(_Step(seq, position, token, sampler))

    def rest(self, seq: int) -> None:
        """A conversation asks for no more tokens for now."""
        with self._changed:
            self._writing.discard(seq)
            self._changed.notify()

    def close(self) -> None:
        """End the thread and free the context; a second call does nothing."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()
        self._context.free()

    def _wait_for(self, job: _Read | _Step) -> int:
        with self._changed:
            if self._is_closed:
                raise closed()
            if isinstance(job, _Read):
                self._reads.append(job)
            else:
                self._steps[job.seq] = job
                self._writing.add(job.seq)
            self._changed.notify()
        return job.done.result()

    # --- the thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._is_ready)
                if self._is_closed:
                    jobs: list[_Read | _Step] = [*self._reads, *self._steps.values()]
                    for job in jobs:
                        job.done.set_exception(closed())
                    return
                read = self._reads.popleft() if self._reads else None
                steps = [] if read else list(self._steps.values())
                if steps:
                    self._steps = {}
            if read is not None:
                self._settle([read], lambda read=read: [self._evaluate_prompt(read)])  # type: ignore[misc]
            else:
                self._settle(steps, lambda steps=steps: self._evaluate_steps(steps))  # type: ignore[misc]

    def _is_ready(self) -> bool:
        return self._is_closed or bool(self._reads) or (bool(self._steps) and self._steps.keys() == self._writing)

    def _settle(self, jobs: Sequence[_Read | _Step], evaluate: Callable[[], list[int]]) -> None:
        try:
            self._context.set_threads(self._threads())
            results = evaluate()
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            for job in jobs:
                job.done.set_exception(error)
            return
        for job, result in zip(jobs, results, strict=True):
            job.done.set_result(result)

    def _evaluate_prompt(self, job: _Read) -> int:
        if self._context.keep(job.position, job.seq) != job.position:
            raise ModelError("llama.cpp cannot go back in this conversation.", hint="Begin a new session.")
        for start in range(0, len(job.tokens), CPU_UBATCH):
            if job.cancelled():
                break
            chunk = enumerate(job.tokens[start : start + CPU_UBATCH], job.position + start)
            self._context.evaluate_rows([Row(job.seq, position, token) for position, token in chunk])
        return self._context.past(job.seq)

    def _evaluate_steps(self, jobs: list[_Step]) -> list[int]:
        """All in one pass.

        llama.cpp computes neighbours together and nothing else. So a conversation that rests between two gets a token
        that is taken away again: a row more costs a twentieth of a pass, another pass costs a whole one.
        """
        asked = {job.seq: job for job in jobs}
        rows = []
        idle = []
        for seq in range(min(asked), max(asked) + 1):
            if job := asked.get(seq):
                self._context.keep(job.position, seq)  # more is there after an answer that is to be written again
                rows.append(Row(seq, job.position, job.token, is_output=True))
            else:
                idle.append((seq, self._context.past(seq)))
                rows.append(Row(seq, idle[-1][1], jobs[0].token))
        self._context.evaluate_rows(rows)
        place = {row.seq: i for i, row in enumerate(rows)}
        sampled = [job.sampler.sample(self._context, place[job.seq]) for job in jobs]
        for seq, n_tokens in idle:
            self._context.keep(n_tokens, seq)
        return sampled


def common_length(a: Sequence[int], b: Sequence[int]) -> int:
    """Length of the longest common prefix."""
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


class Slot:
    """One conversation's share of a ``Batcher``; an ``Evaluator``.

    Args:
        batcher: evaluates.
        seq: its number there.
        work: says whether a prompt should be given up.
    """

    def __init__(self, batcher: Batcher, seq: int, work: Work) -> None:
        self._batcher = batcher
        self._seq = seq
        self._work = work
        self._tokens: list[int] = []
        self._last: int | None = None

    def evaluate(self, tokens: Sequence[int], prefix: Sequence[int]) -> tuple[int, bool]:  # noqa: ARG002
        """Bring the conversation to the last token but one of a prompt: that one is evaluated with the others'."""
        *before, self._last = tokens
        common = common_length(self._tokens, before)
        self._tokens = before[:common]
        if common < len(before):
            n_past = self._batcher.read(self._seq, common, before[common:], self._work.cancelled)
            self._tokens = before[:n_past]
        return common, len(self._tokens) == len(before)

    def sample(self, sampler: Sampler) -> int:
        """The token that follows the prompt."""
        assert self._last is not None  # noqa: S101 - the caller has evaluated a prompt
        return self.step(self._last, sampler)

    def step(self, token: int, sampler: Sampler) -> int:
        """Append a token; the one that follows."""
        following = self._batcher.step(self._seq, len(self._tokens), token, sampler)
        self._tokens.append(token)
        return following

    def rest(self) -> None:
        """No more will be sampled until the next prompt."""
        self._batcher.rest(self._seq)

    def close(self) -> None:
        """Nothing is its own."""
