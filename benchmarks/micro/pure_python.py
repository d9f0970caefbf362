"""Pure-Python work, the same source for every interpreter: our sandbox, Pyodide in Node, native CPython.

No input, no output, no libraries of C but ``re`` and ``json``, which programs use all the time. Each function returns a
value that is checked; each takes 20 to 60 ms on native CPython 3.11.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable


def fib() -> int:
    """Calls."""

    def fib(n: int) -> int:
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    return fib(27)


def integer_loop() -> int:
    """Arithmetic on small integers."""
    total = 0
    for i in range(700_000):
        total += i * i % 7
    return total


def float_loop() -> int:
    """Arithmetic on floats: the Mandelbrot set."""
    inside = 0
    for row in range(110):
        for column in range(110):
            x0, y0 = column / 36 - 2.2, row / 36 - 1.5
            x = y = 0.0
            for _ in range(110):
                x, y = x * x - y * y + x0, 2 * x * y + y0
                if x * x + y * y > 4:
                    break
            else:
                inside += 1
    return inside


def spectral_norm() -> int:
    """Floats and short calls: the largest singular value of a matrix that is never stored."""

    def entry(i: int, j: int) -> float:
        return 1 / ((i + j) * (i + j + 1) // 2 + i + 1)

    size = 100
    u = [1.0] * size
    for _ in range(8):
        v = [sum(entry(i, j) * u[j] for j in range(size)) for i in range(size)]
        u = [sum(entry(j, i) * v[j] for j in range(size)) for i in range(size)]
    return round(sum(u) / sum(v) * 1e6)


def dictionary() -> int:
    """Counting words and looking them up."""
    counts: dict[str, int] = {}
    words = [f"w{i * 7919 % 5003}" for i in range(80_000)]
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return sum(counts[word] for word in words)


def sorting() -> int:
    """Sorting numbers, and tuples by a key."""
    source = random.Random(5)  # noqa: S311 - the same numbers everywhere
    numbers = [source.random() for _ in range(40_000)]
    ordered = sorted(numbers)
    pairs = sorted(((int(x * 1000), i) for i, x in enumerate(numbers)), key=lambda pair: (pair[0], -pair[1]))
    return sum(a < b for a, b in itertools.pairwise(ordered)) + pairs[0][1]


def strings() -> int:
    """Building, splitting and joining text."""
    lines = [f"{i:06d},{i * 3},name-{i % 97}" for i in range(25_000)]
    text = "\n".join(lines)
    fields = [line.split(",") for line in text.splitlines()]
    return len("".join(field[2].upper().replace("-", "_") for field in fields)) + sum(int(field[1]) for field in fields)


def regex() -> int:
    """Finding and replacing with the regular expression engine."""
    text = "id=4711; date=2026-11-22; mail=someone@example.org; " * 6000
    found = re.findall(r"(\w+)@(\w+)\.org|(\d{4})-(\d\d)-(\d\d)", text)
    return len(found) + len(re.sub(r"[aeiou](?=\w)", "", text))


def json_text() -> int:
    """Writing and reading JSON."""
    document = [{"id": i, "name": f"n{i}", "tags": ["a", "b", str(i % 9)], "x": i / 7} for i in range(4_000)]
    for _ in range(3):
        document = json.loads(json.dumps(document))
    return len(json.dumps(document, indent=1))


def classes() -> int:
    """Objects, methods, properties."""

    class Account:
        def __init__(self, owner: int) -> None:
            self.owner = owner
            self._balance = 0

        @property
        def balance(self) -> int:
            return self._balance

        def deposit(self, amount: int) -> None:
            self._balance += amount

    accounts = [Account(i) for i in range(1_000)]
    for step in range(700):
        for account in accounts:
            account.deposit(step)
    return sum(account.balance for account in accounts)


def exceptions() -> int:
    """Raising and catching."""
    caught = 0
    for i in range(100_000):
        try:
            if i % 2:
                raise ValueError(i)  # noqa: TRY301 - what is measured
            [][i]
        except ValueError as error:
            caught += len(error.args)
        except IndexError:
            caught += 2
    return caught


def generators() -> int:
    """Generators and comprehensions."""

    def numbers(n: int):  # noqa: ANN202 - as everyday code is
        for i in range(n):
            received = yield i
            if received:
                return

    squares = (n * n for n in numbers(250_000) if n % 3)
    return sum(n for n in squares if n & 1)


def nested_lists() -> int:
    """A matrix product on lists of lists."""
    n = 95
    a = [[i * j % 10 for j in range(n)] for i in range(n)]
    b = [list(column) for column in zip(*a, strict=True)]
    product = [[sum(x * y for x, y in zip(row, column, strict=True)) for column in b] for row in a]
    return sum(map(sum, product))


WORKLOADS: dict[Callable[[], int], int] = {
    fib: 196_418,
    integer_loop: 1_400_000,
    float_loop: 2_027,
    spectral_norm: 1_379_669,
    dictionary: 1_279_280,
    sorting: 79_231,
    strings: 937_634_920,
    regex: 264_000,
    json_text: 413_050,
    classes: 244_650_000,
    exceptions: 150_000,
    generators: 1_736_090_277_694_445,
    nested_lists: 12_841_375,
}
"""What each must return."""
