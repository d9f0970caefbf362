"""Numbers without files."""

from __future__ import annotations

import math
import random

from suites.interpreter.task import Given, Outcome, Task

# --- water in a lying tank


def _tank(rng: random.Random) -> Given:
    length, diameter = rng.randint(18, 42) / 10, rng.randint(9, 16) / 10
    depth = rng.choice([rng.randint(18, 32), rng.randint(58, 70)])
    r, h = diameter / 2, depth / 100
    segment = r * r * math.acos((r - h) / r) - (r - h) * math.sqrt(2 * r * h - h * h)
    return Given(length=length, diameter=diameter, depth=depth, litres=1000 * length * segment)


# --- what each thing costs

_BASKETS = ((3, 2, 1), (1, 4, 2), (2, 1, 5))


def _kiosk(rng: random.Random) -> Given:
    prices = [5 * cents / 100 for cents in rng.sample(range(37, 75), 3)]
    paid = [sum(n * price for n, price in zip(basket, prices, strict=True)) for basket in _BASKETS]
    p1, p2, p3 = (f"{value:.2f}" for value in paid)
    return Given(prices=prices, p1=p1, p2=p2, p3=p3)


def _each_price(o: Outcome) -> None:
    for price in o.v.prices:
        o.says(price, 0.006)


# --- as the crow flies

_PLACES = {
    "Lisbon": (38.72, -9.14),
    "Oslo": (59.91, 10.75),
    "Cairo": (30.04, 31.24),
    "Montreal": (45.50, -73.57),
    "Reykjavik": (64.15, -21.94),
    "Nairobi": (-1.29, 36.82),
    "Denver": (39.74, -104.99),
    "Mumbai": (19.08, 72.88),
}


def _places(rng: random.Random) -> Given:
    while True:
        a, b = rng.sample(list(_PLACES), 2)
        (lat1, lon1), (lat2, lon2) = _PLACES[a], _PLACES[b]
        p, q = math.radians(lat1), math.radians(lat2)
        cosine = math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(math.radians(lon2 - lon1))
        km = 6371 * math.acos(cosine)
        flat = 111.2 * math.hypot(lat2 - lat1, lon2 - lon1)
        if km > 3500 and abs(flat - km) > 0.08 * km:
            return Given(a=a, b=b, lat1=lat1, lon1=lon1, lat2=lat2, lon2=lon2, km=km)


# --- months of saving


def _saving(rng: random.Random) -> Given:
    while True:
        start, rate = 100 * rng.randint(15, 60), rng.randint(21, 49) / 10
        monthly, goal = 10 * rng.randint(12, 35), 1000 * rng.randint(18, 32)
        balances = [float(start)]
        while balances[-1] < goal:
            balances.append(balances[-1] * (1 + rate / 1200) + monthly)
        if min(goal - balances[-2], balances[-1] - goal) > 20:  # not a matter of cents
            return Given(start=start, rate=rate, monthly=monthly, goal=goal, months=len(balances) - 1)


TASKS = [
    Task(
        "maths/tank",
        "There is an old oil tank in our garden which we use for rain water: a cylinder lying on its side with flat "
        "ends, {length} m long and {diameter} m in diameter. The dipstick says {depth} cm of water. How many litres "
        "is that?",
        _tank,
        lambda o: o.says(o.v.litres, 1.01),
        """
import math
r, h = <<diameter>> / 2, <<depth>> / 100
area = r**2 * math.acos((r - h) / r) - (r - h) * math.sqrt(2 * r * h - h**2)
print(f"Water: {area * <<length>> * 1000:.1f} litres")
""",
        (
            "r**2 * math.acos((r - h) / r) - (r - h) * math.sqrt(2 * r * h - h**2)",
            "math.pi * r**2 * h / (2 * r)",
        ),
    ),
    Task(
        "maths/kiosk",
        "i paid {p1} € for 3 coffees, 2 muffins and 1 juice, tim paid {p2} € for 1 coffee, 4 muffins and 2 juices, and "
        "ola paid {p3} € for 2 coffees, a muffin and 5 juices. what does one of each cost?",
        _kiosk,
        _each_price,
        """
import numpy as np
prices = np.linalg.solve([[3, 2, 1], [1, 4, 2], [2, 1, 5]], [<<p1>>, <<p2>>, <<p3>>])
for name, price in zip(["coffee", "muffin", "juice"], prices):
    print(f"{name}: {price:.2f}")
""",
        ("[1, 4, 2]", "[1, 2, 4]"),
    ),
    Task(
        "maths/crow",
        "Distance from {a} ({lat1}, {lon1}) to {b} ({lat2}, {lon2}) as the crow flies, in km please",
        _places,
        lambda o: o.says(o.v.km, 0.006 * o.v.km),
        """
import math
p1, l1, p2, l2 = (math.radians(d) for d in (<<lat1>>, <<lon1>>, <<lat2>>, <<lon2>>))
a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
print(f"Distance: {2 * 6371 * math.asin(math.sqrt(a)):.0f} km")
""",
        ("math.asin(math.sqrt(a))", "math.sqrt(a)"),
    ),
    Task(
        "maths/saving",
        "I have {start} euros in a savings account that pays {rate} % a year, credited monthly (a twelfth of it each "
        "month). At the end of every month I add {monthly} euros. After how many months will I have at least {goal} "
        "euros?",
        _saving,
        lambda o: o.says(o.v.months),
        """
balance, months = <<start>>, 0
while balance < <<goal>>:
    balance = balance * (1 + <<rate>> / 100 / 12) + <<monthly>>
    months += 1
print("Months:", months)
""",
        (" * (1 + <<rate>> / 100 / 12)", ""),
    ),
]
