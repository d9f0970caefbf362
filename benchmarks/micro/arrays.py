"""Work of numpy and pandas, the same source for every interpreter: our sandbox, Pyodide in Node, native CPython.

Each function returns a number that is checked; each takes 2 to 50 ms natively.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd

_RANDOM = np.random.default_rng(0)
_NUMBERS = _RANDOM.random(400_000)
_MATRIX = _RANDOM.random((400, 400))
_PICTURE = _RANDOM.random((600, 800, 3))
_N = 100_000
_FRAME = pd.DataFrame(
    {
        "shop": [f"shop {i % 250}" for i in range(_N)],
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(_N) % 365, unit="D"),
        "price": _RANDOM.random(_N) * 100,
        "count": (np.arange(_N) * 7919 % 13).astype("int64"),
    }
)
_CSV = _FRAME.head(20_000).to_csv(index=False)
_SHOPS = pd.DataFrame({"shop": [f"shop {i}" for i in range(250)], "tax": np.arange(250) / 1000})


def elementwise() -> float:
    """Functions of every element."""
    return float((np.sin(_NUMBERS) * np.exp(-_NUMBERS) + np.sqrt(_NUMBERS)).sum())


def along_axes() -> float:
    """Means and deviations of rows and columns."""
    return float(_PICTURE.mean(axis=(0, 1)).sum() + _PICTURE.std(axis=2).max())


def sort() -> float:
    """Numbers in order."""
    return float(np.sort(_NUMBERS)[::1000].sum())


def select() -> float:
    """Masks, and elements by their numbers."""
    chosen = _NUMBERS[_NUMBERS > 0.5]
    return float(chosen[np.argsort(chosen[:50_000])].sum() + np.where(_NUMBERS < 0.1, -1.0, _NUMBERS).sum())


def picture() -> float:
    """What programs do with pictures: flip, mix, clip, to bytes."""
    mixed = np.clip(_PICTURE[:, ::-1] * 0.7 + _PICTURE * 0.5, 0, 1)
    return float((mixed * 255).astype(np.uint8).astype(float).sum())


def matrix_product() -> float:
    """A product of matrices."""
    return float((_MATRIX @ _MATRIX).trace())


def solve() -> float:
    """Linear equations."""
    return float(np.linalg.solve(_MATRIX + 20 * np.eye(400), _MATRIX[0]).sum())


def fourier() -> float:
    """A Fourier transform."""
    return float(np.abs(np.fft.rfft(_NUMBERS[:262_144])).sum())


def random_numbers() -> float:
    """Draws."""
    return float(np.random.default_rng(1).normal(size=300_000).sum())


def group() -> float:
    """Sums and means by group."""
    found = _FRAME.groupby("shop").agg(total=("price", "sum"), mean=("count", "mean"))
    return float(found["total"].max() + found["mean"].sum())


def join() -> float:
    """Two tables joined."""
    found = _FRAME.merge(_SHOPS, on="shop")
    return float((found["price"] * found["tax"]).sum())


def read_csv() -> float:
    """A table from text."""
    return float(pd.read_csv(io.StringIO(_CSV), parse_dates=["day"])["price"].sum())


def pivot() -> float:
    """A table turned."""
    found = _FRAME.assign(month=_FRAME["day"].dt.month).pivot_table(
        index="shop", columns="month", values="price", aggfunc="sum"
    )
    return float(found.max().sum())


def by_time() -> float:
    """Weeks, and means of windows."""
    weekly = _FRAME.set_index("day").sort_index()["price"].resample("W").sum()
    return float(weekly.rolling(4).mean().dropna().sum())


def texts() -> float:
    """Functions of texts."""
    return float(_FRAME["shop"].str.upper().str.replace("SHOP ", "").str.len().sum())


WORKLOADS: dict[Callable[[], float], float] = {
    elementwise: 364958.33287981735,
    along_axes: 1.9680114389653596,
    sort: 199.45807095744985,
    select: 195236.93881444342,
    picture: 218295454.0,
    matrix_product: 40178.66467753034,
    solve: 0.9357244376758238,
    fourier: 17295182.928918347,
    random_numbers: -899.7103747608219,
    group: 23315.485319185238,
    join: 623274.1250392288,
    read_csv: 996322.3118136898,
    pivot: 26967.852589895036,
    by_time: 4777842.546898457,
    texts: 256000.0,
}
"""What each must return."""
