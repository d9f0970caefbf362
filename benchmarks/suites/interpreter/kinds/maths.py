"""Sums that want a computer."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from suites.interpreter.tables import cell, read_table
from suites.interpreter.task import Given, Outcome, Task, Wrong


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


def _candidate(rng: random.Random) -> Given:
    n = rng.randint(10**6, 9 * 10**6) | 1
    want = rng.random() < 0.5
    while _is_prime(n) != want or n % 3 == 0 or n % 5 == 0:
        n += 2
    return Given(n=n, prime=want)


def _loan(rng: random.Random) -> Given:
    amount, rate, years = 1000 * rng.randint(50, 400), rng.choice([2.4, 3.1, 3.6, 4.2]), rng.choice([10, 15, 20, 25])
    monthly = rate / 100 / 12
    payment = amount * monthly / (1 - (1 + monthly) ** (-12 * years))
    return Given(amount=amount, rate=rate, years=years, payment=payment)


def _matrix(rng: random.Random) -> Given:
    while True:
        a = [[rng.randint(-5, 9) for _ in range(3)] for _ in range(3)]
        determinant = (
            a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1])
            - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
            + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0])
        )
        if abs(determinant) > 12:
            return Given(matrix=a, determinant=determinant)


def _limits(rng: random.Random) -> Given:
    low = rng.randint(100, 900)
    high = low + rng.randint(200, 500)
    return Given(low=low, high=high, n=sum(_is_prime(n) for n in range(low, high + 1)))


def _digits(rng: random.Random) -> Given:
    n = rng.randint(60, 140)
    return Given(n=n, total=sum(map(int, str(math.factorial(n)))))


def _squares(rng: random.Random) -> Given:
    return Given(n=rng.randint(12, 30))


def _squares_file(o: Outcome) -> None:
    rows = [row for row in read_table(o.file("squares.csv")) if any(isinstance(value, float) for value in row)]
    o.need(len(rows) == o.v.n, f"{len(rows)} rows instead of {o.v.n}")
    for i, row in enumerate(rows, 1):
        o.need([cell(i), cell(i * i)] == [value for value in row if value is not None][-2:], f"row {i} is {row}")


def _dice(rng: random.Random) -> Given:
    target = rng.randint(7, 15)
    ways = sum(a + b + c == target for a in range(1, 7) for b in range(1, 7) for c in range(1, 7))
    return Given(target=target, probability=ways / 216)


def _probability(o: Outcome) -> None:
    try:
        o.says(o.v.probability, 0.0006)
    except Wrong:
        o.says(100 * o.v.probability, 0.06)


def _units(rng: random.Random) -> Given:
    miles = rng.randint(12, 90)
    litres, km = rng.randint(25, 60), rng.randint(400, 900)
    return Given(miles=miles, km=km, litres=litres, mpg=km / 1.609344 / (litres / 3.785411784))


def _harmonic(rng: random.Random) -> Given:
    limit = rng.choice([5, 6, 7])
    total, n = Fraction(0), 0
    while total <= limit:
        n += 1
        total += Fraction(1, n)
    return Given(limit=limit, n=n)


TASKS = [
    Task(
        "maths/prime",
        "Is {n} a prime number?",
        _candidate,
        lambda o: o.affirms(
            o.v.prime,
            yes=r"\bis (?:a )?prime\b|\bprime number\b",
            no=r"\bcomposite\b|\bdivisible\b|\bfactors?\b(?!s? (?:other|except|besides))",
        ),
        """
n = <<n>>
factor = next((d for d in range(2, int(n ** 0.5) + 1) if n % d == 0), None)
print(f"Yes, {n} is prime." if factor is None else f"No, {n} is not prime: {factor} divides it.")
""",
        ("factor is None", "factor"),
    ),
    Task(
        "maths/loan",
        "I borrow {amount} at {rate} % interest per year, paid back in equal monthly instalments over {years} years. "
        "What do I pay each month?",
        _loan,
        lambda o: o.says(o.v.payment, 0.06),
        """
rate = <<rate>> / 100 / 12
print(f"{<<amount>> * rate / (1 - (1 + rate) ** (-12 * <<years>>)):,.2f} per month")
""",
        ("(-12 * <<years>>)", "(-<<years>>)"),
    ),
    Task(
        "maths/determinant",
        "determinant of the matrix {matrix} ?",
        _matrix,
        lambda o: o.says(o.v.determinant, 0.01),
        """
import numpy as np
print("The determinant is", round(np.linalg.det(np.array(<<matrix>>))))
""",
        ("np.linalg.det(", "np.trace("),
    ),
    Task(
        "maths/count_primes",
        "How many primes are there between {low} and {high}?",
        _limits,
        lambda o: o.says(o.v.n),
        """
print(sum(all(n % d for d in range(2, int(n ** 0.5) + 1)) for n in range(<<low>>, <<high>> + 1)))
""",
        ("int(n ** 0.5) + 1", "int(n ** 0.5) - 3"),
    ),
    Task(
        "maths/digit_sum",
        "What's the sum of the digits of {n}! (factorial)?",
        _digits,
        lambda o: o.says(o.v.total),
        """
import math
print(sum(int(digit) for digit in str(math.factorial(<<n>>))))
""",
        ("math.factorial(<<n>>)", "math.factorial(<<n>> - 1)"),
    ),
    Task(
        "maths/squares",
        "Write the numbers from 1 to {n} and their squares to squares.csv.",
        _squares,
        _squares_file,
        """
import pandas as pd
numbers = range(1, <<n>> + 1)
pd.DataFrame({"number": numbers, "square": [n * n for n in numbers]}).to_csv("squares.csv", index=False)
print("saved squares.csv")
""",
        ("range(1, <<n>> + 1)", "range(1, <<n>>)"),
    ),
    Task(
        "maths/dice",
        "I roll three dice. What's the probability that they add up to exactly {target}?",
        _dice,
        _probability,
        """
from itertools import product
rolls = list(product(range(1, 7), repeat=3))
print(f"{sum(sum(roll) == <<target>> for roll in rolls) / len(rolls):.4f}")
""",
        ("== <<target>>", ">= <<target>>"),
    ),
    Task(
        "maths/mileage",
        "my car needs {litres} litres for {km} km. how many miles per (US) gallon is that? one decimal is enough",
        _units,
        lambda o: o.says(o.v.mpg, 0.13),
        """
print(round((<<km>> / 1.609344) / (<<litres>> / 3.785411784), 1), "mpg")
""",
        ("/ 3.785411784", "/ 4.54609"),
    ),
    Task(
        "maths/harmonic",
        "How many terms of 1 + 1/2 + 1/3 + 1/4 + ... does it take until the sum is greater than {limit}?",
        _harmonic,
        lambda o: o.says(o.v.n),
        """
total, n = 0.0, 0
while total <= <<limit>>:
    n += 1
    total += 1 / n
print(n, "terms")
""",
        ("print(n,", "print(n - 1,"),
    ),
]
