"""What a task is, and what a checker sees."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from suites.interpreter import answers


class Wrong(Exception):  # noqa: N818 - a verdict, not a failure of ours
    """The outcome is not what was asked for; the text says why, in one line."""


class Given:
    """What a task gives at one seed.

    Args:
        files: content of the input files, by name.
        values: what the requests' placeholders stand for, and what the checker compares with.
    """

    def __init__(self, files: dict[str, bytes] | None = None, **values: Any) -> None:
        self.files = files or {}
        self.values = SimpleNamespace(**values)


@dataclass(frozen=True, slots=True)
class Task:
    """Requests, their input and a check of the outcome.

    Attributes:
        id: ``kind/name``.
        requests: turns of one session; ``{placeholders}`` are the values of ``given``.
        given: makes the input of a seed; the random numbers are fixed by task and seed.
        check: raises ``Wrong`` unless the outcome is what was asked for.
        solution: a program for each request, as a model might write it; its output is the answer. Placeholders are
            written ``<<name>>``.
        wrong: two texts: the first, replaced by the second in the solution, makes it plausible and wrong.
    """

    id: str
    requests: str | tuple[str, ...]
    given: Callable[[random.Random], Given]
    check: Callable[[Outcome], object]
    solution: str | tuple[str, ...]
    wrong: tuple[str, str]

    @property
    def kind(self) -> str:
        """The part of the id before the slash."""
        return self.id.split("/")[0]

    def with_mistake(self) -> Task:
        """The same task with the wrong variant of its solution."""
        return replace(self, solution=tuple(program.replace(*self.wrong) for program in self.programs))

    @property
    def programs(self) -> tuple[str, ...]:
        """The solution's programs, placeholders in place."""
        return (self.solution,) if isinstance(self.solution, str) else self.solution

    def at(self, seed: int) -> Case:
        """The task with the input of a seed."""
        given = self.given(random.Random(f"{self.id}/{seed}"))  # noqa: S311 - for the same values each time
        requests = (self.requests,) if isinstance(self.requests, str) else self.requests
        return Case(
            self,
            seed,
            given,
            tuple(request.format(**vars(given.values)) for request in requests),
            tuple(_fill(program, given) for program in self.programs),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A task at one seed, ready to be put to a model.

    Attributes:
        requests: with their values filled in.
        programs: the reference solution, likewise.
    """

    task: Task
    seed: int
    given: Given
    requests: tuple[str, ...]
    programs: tuple[str, ...]

    def write_inputs(self, folder: Path) -> list[Path]:
        """Put the input files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / name for name in self.given.files]
        for path, content in zip(paths, self.given.files.values(), strict=True):
            path.write_bytes(content)
        return paths

    def verdict(self, said: Sequence[str], out: Path) -> str:
        """Why the outcome is wrong, in one line; empty where it is right.

        Args:
            said: the answer to each request.
            out: the folder with the files that were written.
        """
        try:
            self.task.check(Outcome(self.given, list(said), out))
        except Wrong as reason:
            return str(reason)
        except Exception as error:  # noqa: BLE001 - the outcome may be anything; what cannot be read is wrong
            return f"the result cannot be read: {type(error).__name__}: {error}".split("\n")[0]
        return ""


@dataclass(slots=True)
class Outcome:
    """What a checker looks at.

    Attributes:
        given: the task's input.
        answers: one for each request.
        out: the folder with the files that were written, pictures that were only shown among them.
    """

    given: Given
    answers: list[str]
    out: Path
    v: SimpleNamespace = field(init=False)

    def __post_init__(self) -> None:
        self.v = self.given.values

    @property
    def answer(self) -> str:
        """The last answer."""
        return self.answers[-1] if self.answers else ""

    def need(self, condition: object, reason: str) -> Outcome:
        """Refuse the outcome unless a condition holds."""
        if not condition:
            raise Wrong(reason)
        return self

    # --- files

    def file(self, name: str) -> Path:
        """The file of that name that was written."""
        found = [path for path in self._written() if path.name == name]
        self.need(found, f"{name} was not written")
        return found[0]

    def new(self, *suffixes: str) -> list[Path]:
        """The files with one of these suffixes that were written."""
        found = [path for path in self._written() if path.suffix.lower() in suffixes]
        self.need(found, f"no {' or '.join(suffixes)} file was written")
        return found

    def any_of(self, paths: Sequence[Path], check: Callable[[Path], object]) -> None:
        """Refuse the outcome unless one of the files passes; the reason is the last one's."""
        for path in paths[:-1]:
            try:
                check(path)
            except Wrong:
                continue
            return
        check(paths[-1])

    def nothing_written(self) -> Outcome:
        """Refuse files where none can honestly be made."""
        written = [path.name for path in self._written()]
        return self.need(not written, f"wrote {', '.join(written)} out of nothing")

    def _written(self) -> list[Path]:
        return sorted(path for path in self.out.rglob("*") if path.is_file()) if self.out.exists() else []

    # --- answers

    def says(self, value: float, tol: float | None = None, at: int = -1) -> Outcome:
        """Refuse the outcome unless an answer has this number.

        Args:
            value: the number; an integer must be met exactly.
            tol: how far off the answer may be; by default what rounding to two decimals or four digits costs.
            at: which answer.
        """
        if tol is None:
            tol = 1e-9 if isinstance(value, int) else max(0.0051, 5e-5 * abs(value))
        answer = self.answers[at]
        found = any(abs(number - value) <= tol for number in answers.numbers(answer))
        return self.need(found, f"the answer lacks {value:.10g}: {answers.excerpt(answer)}")

    def says_text(self, *texts: str, at: int = -1) -> Outcome:
        """Refuse the outcome unless an answer has one of these texts as words, whatever their case."""
        answer = self.answers[at]
        return self.need(
            any(answers.has_words(answer, text) for text in texts),
            f"the answer lacks {texts[0]!r}: {answers.excerpt(answer)}",
        )

    def picks(self, winner: str, among: Sequence[str], at: int = -1) -> Outcome:
        """Refuse the outcome unless an answer names the winner, and of the others at most some beside it."""
        answer = self.answers[at]
        named = answers.in_order(answer, among)
        self.need(named, f"the answer names none of {', '.join(among)}: {answers.excerpt(answer)}")
        return self.need(
            winner in {named[0], named[-1]},
            f"the answer should name {winner!r}, not {named[0]!r}: {answers.excerpt(answer)}",
        )

    def affirms(self, expected: bool, yes: str = "", no: str = "") -> Outcome:
        """Refuse the outcome unless the answer says yes or no as expected.

        Args:
            expected: True where the right answer is yes.
            yes: a regular expression of what else means yes.
            no: the same for no; looked at first.
        """
        said = answers.yes_or_no(self.answer, yes, no)
        return self.need(
            said == expected,
            f"the answer should be {'yes' if expected else 'no'}: {answers.excerpt(self.answer)}",
        )

    def admits(self, at: int = -1) -> Outcome:
        """Refuse the outcome unless the answer says that it cannot be done."""
        answer = self.answers[at]
        return self.need(answers.is_admission(answer), f"does not say that it is impossible: {answers.excerpt(answer)}")


def _fill(program: str, given: Given) -> str:
    for name, value in vars(given.values).items():
        program = program.replace(f"<<{name}>>", str(value))
    return program.strip() + "\n"
