"""Signatures with the real minisign."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from offline_ci.bundle.signing import sign, verify
from offline_ci.errors import ArtifactError, UsageError
from support.command_line import call
from support.small_bundle import write_bundle


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key without a password; the public one has the suffix .pub."""
    secret = tmp_path / "key"
    subprocess.run(["minisign", "-G", "-W", "-p", f"{secret}.pub", "-s", secret], check=True, capture_output=True)
    return secret


def test_a_signature_is_checked_by_minisign_and_by_us(tmp_path: Path, key: Path) -> None:
    bundle = write_bundle(tmp_path / "x.bundle", 60_000)
    signatures = sign(bundle.files(), key)
    assert [path.name for path in signatures] == ["x.bundle.minisig", *(f"x.bundle.00{n}.minisig" for n in (1, 2, 3))]
    verify(bundle.files(), f"{key}.pub")
    public = Path(f"{key}.pub").read_text().splitlines()[1]
    subprocess.run(["minisign", "-Vm", bundle.path, "-P", public], check=True, capture_output=True)
    done = call("bundle", "verify", bundle.path, "--key", public, cwd=tmp_path)
    assert (done.status, "The signature is this key's." in done.out) == (0, True), done.err

    part = bundle.files()[1]
    part.write_bytes(part.read_bytes()[:-1] + b"!")
    with pytest.raises(ArtifactError, match=r"x\.bundle\.001 could not be verified: .*failed"):
        verify(bundle.files(), public)
    signatures[2].unlink()
    with pytest.raises(ArtifactError, match="has no signature beside it"):
        verify(bundle.files()[2:], public)


def test_anothers_key(tmp_path: Path, key: Path) -> None:
    bundle = write_bundle(tmp_path / "x.bundle")
    sign(bundle.files(), key)
    other = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
    with pytest.raises(ArtifactError, match="could not be verified"):
        verify(bundle.files(), other)


def test_no_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no key"):
        sign([write_bundle(tmp_path / "x.bundle").path], tmp_path / "nokey")
