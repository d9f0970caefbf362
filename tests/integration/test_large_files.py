"""An input file of more than 2 GB, which is more than the guest could hold and more than 31 bits can count."""

import pytest

from offline_ci import ResourceLimits, Sandbox

pytestmark = [pytest.mark.runtime, pytest.mark.slow]

REGIONS = ["east", "north", "south", "west"]
ROWS = [f"{i},{i * 7 % 1000},{REGIONS[i % 4]},some words to fill the line\n" for i in range(100_000)]
BLOCK = "".join(ROWS).encode()
HEADER = b"id,amount,region,note\n"
BLOCKS = (2 << 30) // len(BLOCK) + 2

READ_ALL = """
lines = 0
with open("sales.csv", "rb") as file:
    while chunk := file.read(1 << 20):
        lines += chunk.count(b"\\n")
lines
"""
READ_CHUNKS = """
import itertools
import pandas as pd

chunks = pd.read_csv("sales.csv", chunksize=100_000, usecols=["amount", "region"])
sum(chunk.groupby("region")["amount"].sum() for chunk in itertools.islice(chunks, 5)).to_dict()
"""
READ_THE_END = """
import os

with open("sales.csv") as file:
    file.seek(os.path.getsize("sales.csv") - 200)
    last = file.read().splitlines()[-1]
last
"""


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "sales.csv"
    with path.open("wb") as file:
        file.write(HEADER)
        for _ in range(BLOCKS):
            file.write(BLOCK)
    yield path
    path.unlink()


@pytest.fixture
def small(isolation, sales):
    """A sandbox with a quarter of the memory that the file would take."""
    with Sandbox(isolation=isolation, limits=ResourceLimits(memory_bytes=512 << 20)) as sandbox:
        sandbox.files.grant(sales)
        yield sandbox


def test_a_file_of_more_than_two_gigabytes_is_read_in_pieces(small):
    size = len(HEADER) + BLOCKS * len(BLOCK)
    assert small.run("import os; os.path.getsize('sales.csv')").result == str(size)
    assert small.run(READ_ALL).result == str(1 + BLOCKS * len(ROWS))
    assert small.run(READ_THE_END).result == repr(ROWS[-1].strip())
    regions = dict.fromkeys(REGIONS, 0)
    for row in ROWS:
        _, amount, region, _ = row.split(",")
        regions[region] += 5 * int(amount)
    assert small.run(READ_CHUNKS).result == repr(regions)


def test_read_whole_it_is_more_than_memory_and_the_session_goes_on(small):
    assert small.run("open('sales.csv').read()").status == "memory_limit"
    assert small.run("1 + 1").result == "2"
