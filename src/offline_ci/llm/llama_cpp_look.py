"""What a build of llama.cpp is and sees, asked of a child process: a driver that fails ends that one only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from offline_ci.errors import ModelLoadError
from offline_ci.llm.devices import Device

TIMEOUT_S: Final = 60.0
_LAST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Look:
    """A build.

    Attributes:
        build_id: of its binaries.
        system_info: instruction sets and more, as llama.cpp words them.
        backends: llama.cpp's names of them.
        devices: that they see now.
    """

    build_id: str
    system_info: str
    backends: tuple[str, ...]
    devices: tuple[Device, ...]


def look(environment: Mapping[str, str] | None = None) -> Look:
    """The build that a new process gets.

    Args:
        environment: variables of that process, in addition to this one's.

    Raises:
        ModelLoadError: it does not load, or ends the process.
    """
    command = [sys.executable, "-m", "offline_ci.llm.llama_cpp_look"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={**os.environ, "GGML_NO_BACKTRACE": "1", **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelLoadError(f"llama.cpp cannot be asked what it sees: {error}.") from error
    try:
        found = json.loads(done.stdout)
        devices = tuple(Device(**device) for device in found["devices"])
        return Look(found["build_id"], found["system_info"], tuple(found["backends"]), devices)
    except (ValueError, KeyError, TypeError) as error:
        said = " ".join(done.stderr.decode("utf-8", errors="replace").split("\n")[-_LAST_LINES:]).strip()
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        raise ModelLoadError(
            f"llama.cpp cannot tell what it sees ({how}): {said or 'no reason given'}.",
            hint="Build it again: `offline-ci setup --backend cpu`.",
        ) from error


def main() -> None:
    """The child: one JSON document on standard output."""
    from offline_ci.llm.llama_cpp_devices import backends, read_devices
    from offline_ci.llm.llama_cpp_library import build_id, system_info

    found = Look(build_id(), system_info(), tuple(backends()), tuple(read_devices()))
    sys.stdout.write(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
