"""Detached signatures with minisign (https://jedisct1.github.io/minisign/), a small, well-kept tool of its own.

Who receives a bundle checks it before running it: ``minisign -Vm FILE -P KEY``, or with an installed offline-ci.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from offline_ci.errors import ArtifactError, UsageError

SUFFIX = ".minisig"


def sign(files: Sequence[Path], secret_key: Path) -> list[Path]:
    """Sign files; a password is asked for on the terminal if the key has one.

    Returns:
        The signatures.

    Raises:
        UsageError: minisign or the key is missing.
        ArtifactError: it could not sign.
    """
    for file in files:
        _run(
            ["-S", "-s", str(secret_key), "-t", f"offline-ci bundle {file.name}", "-m", str(file)], secret_key, "signed"
        )
    return [signature(file) for file in files]


def verify(files: Sequence[Path], public_key: str) -> None:
    """Check the signatures of files.

    Args:
        files: each with its signature beside it.
        public_key: the key itself, or the path of its file.

    Raises:
        UsageError: minisign or the key is missing.
        ArtifactError: a signature is missing, or not this key's, or the file is not as it was signed.
    """
    key_file = Path(public_key)
    option = ["-p", public_key] if key_file.is_file() else ["-P", public_key]
    for file in files:
        if not signature(file).is_file():
            raise ArtifactError(f"{file} has no signature beside it ({signature(file).name}).", hint="Copy it as well.")
        _run(["-V", *option, "-m", str(file)], None, "verified")


def signature(file: Path) -> Path:
    """Where a file's signature lies."""
    return file.with_name(file.name + SUFFIX)


def _run(arguments: list[str], key: Path | None, what: str) -> None:
    program = shutil.which("minisign")
    if program is None:
        raise UsageError("Signatures need the program minisign.", hint="Install it: `sudo apt-get install minisign`.")
    if key is not None and not key.is_file():
        raise UsageError(f"There is no key {key}.", hint="`minisign -G` makes one.")
    quiet = None if key is not None else subprocess.DEVNULL  # a key's password is asked for there
    done = subprocess.run([program, *arguments], stdout=quiet, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise ArtifactError(
            f"{arguments[-1]} could not be {what}: {reason[0]}.", hint="Check the key, and that the copy is whole."
        )
