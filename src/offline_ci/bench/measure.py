"""What a run took of the machine: time, memory, energy where the machine tells."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, Final

_POWERCAP: Final = Path("/sys/class/powercap")
"""Source: Linux Documentation/power/powercap/powercap.rst. Its counters can usually be read by root alone."""


class Meter:
    """Measures from its making on.

    Args:
        powercap: where the kernel tells energy.
    """

    def __init__(self, powercap: Path = _POWERCAP) -> None:
        self._powercap = powercap
        self._begin = time.monotonic()
        self._energy_uj = self._read_energy()

    def read(self) -> dict[str, Any]:
        """``seconds``, ``peak_memory_bytes`` of this process, ``energy_j`` of all processors or None."""
        return {
            "seconds": round(time.monotonic() - self._begin, 1),
            "peak_memory_bytes": _peak_memory_bytes(),
            "energy_j": self._energy_j(),
        }

    def _energy_j(self) -> float | None:
        now = self._read_energy()
        used = [now[zone] - before for zone, before in self._energy_uj.items() if zone in now]
        # A counter that went down has begun anew; how often, nobody knows.
        return round(sum(used) / 1e6, 1) if used and min(used) >= 0 else None

    def _read_energy(self) -> dict[str, int]:
        """Microjoules by package; what belongs to one (its cores, its memory) has two colons in its name."""
        found = {}
        for zone in sorted(self._powercap.glob("intel-rapl:*")) if self._powercap.is_dir() else ():
            if zone.name.count(":") == 1:
                try:
                    found[zone.name] = int((zone / "energy_uj").read_text(encoding="ascii"))
                except (OSError, ValueError):
                    continue
        return found


def _peak_memory_bytes() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
