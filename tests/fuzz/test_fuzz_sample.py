"""A small, repeatable part of what ``make fuzz`` does, and everything that it ever found."""

import random

import pytest

from fuzz.targets import REGRESSIONS, TARGETS, regressions

N_CASES = 400
FOUND = [(name, path) for name in TARGETS for path in regressions(name)]


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_and_changed_ones_pass(name):
    target, rng, n_cases = TARGETS[name], random.Random(name), 0  # noqa: S311
    for seed in target.seeds:
        target.run(seed)
    while n_cases < N_CASES:
        n_cases += target.run(_changed(rng, rng.choice(target.seeds), rng.choice(target.seeds)))


def _changed(rng, data, other):
    """As libFuzzer changes bytes: flip, put, insert, take away, double, cross over."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randint(0, len(out))
        match rng.randrange(6):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(out):
                out[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
            case 2:
                out[at:at] = rng.randbytes(rng.randint(1, 16))
            case 3:
                del out[at : at + rng.randint(1, 16)]
            case 4:
                out[at:at] = out[at : at + rng.randint(1, 32)]
            case 5 if other:
                start = rng.randrange(len(other))
                out[at:at] = other[start : start + rng.randint(1, 64)]
    return bytes(out)


@pytest.mark.parametrize(("name", "path"), FOUND, ids=[f"{name}-{path.name}" for name, path in FOUND])
def test_what_was_found_once_passes(name, path):
    TARGETS[name].run(path.read_bytes())


def test_each_folder_of_findings_has_a_target():
    assert {path.name for path in REGRESSIONS.iterdir() if path.is_dir()} <= set(TARGETS)
