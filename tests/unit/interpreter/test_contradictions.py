"""What a program says of itself and does not do."""

import pytest

from offline_ci.interpreter.contradictions import find_contradiction

TWO_FIGURES = """
fig, ax = plt.subplots()
ax.bar(a, b)
fig.savefig("one.png")
fig, ax = plt.subplots()
ax.bar(c, d)
fig.savefig("{second}.png")
"""


def test_a_chart_that_replaces_another_is_told():
    found = find_contradiction(TWO_FIGURES.format(second="one"))
    assert "one.png is saved 2 times" in found
    assert "plt.subplots(1, 2, figsize=(10, 5))" in found


@pytest.mark.parametrize(
    "code",
    [
        TWO_FIGURES.format(second="two"),
        'fig, (a, b) = plt.subplots(1, 2)\nfig.savefig("one.png")\nfig.savefig("one.png")',
        "for name in names:\n    plt.figure()\n    plt.savefig(name)",
        "no program at all",
    ],
)
def test_charts_of_their_own_are_left_alone(code):
    assert find_contradiction(code) is None


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("miles_per_gallon = litres / miles", True),
        ("miles_per_gallon = litres / (km / miles_in_km)", True),
        ("miles_per_gallon = miles / gallons", False),
        ("km_per_h = distance / hours", False),
        ("price_per_unit = total / unit_count", False),
        ("cost_per_item = total_cost / item_count", False),
        ("litres_per_100_km = litres / km * 100", False),
    ],
)
def test_a_rate_upside_down_is_told(code, is_wrong):
    assert (find_contradiction(code) is not None) == is_wrong
