"""The processes that this one has started."""

from contextlib import suppress
from pathlib import Path


def children():
    """Their numbers, those of ended ones that nobody has waited for among them."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # the thread has just ended
            found.update(map(int, (task / "children").read_text(encoding="ascii").split()))
    return found


def guest_memory_bytes():
    """What the processes that this one has started take of the machine's memory, shared parts counted once (PSS)."""
    total = 0
    for pid in children():
        with suppress(OSError):  # it has just ended
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return total
