"""The entry point: a lazy table of commands, and one place where every failure becomes a status.

Nothing is imported here before ``main`` runs, so that an interrupt during the start is handled too.
"""

from __future__ import annotations

import _thread
import gc
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_GC_THRESHOLD = 100_000
"""New objects between two collections; Python's 700 mean dozens of them while modules are imported."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the contract's status.

    Args:
        arguments: by default those of the process.
    """
    gc.set_threshold(_GC_THRESHOLD)
    sys.unraisablehook = _raise_interrupts_again
    try:
        words = sys.argv[1:] if arguments is None else arguments
        if _needs_sandbox(words):
            from offline_ci.sandbox.launch import launch_ahead

            launch_ahead()
        from offline_ci.cli.run import run

        status = run(words)
    except KeyboardInterrupt:
        sys.stderr.write("offline-ci: Interrupted.\n")
        status = 130
    gc.freeze()  # what is left is freed by the process's end, not searched for cycles first
    sys.exit(status)


def _raise_interrupts_again(unraisable: sys.UnraisableHookArgs) -> None:
    """Ctrl-C during an import may come while a callback of the import system runs, where Python drops exceptions."""
    if unraisable.exc_type is KeyboardInterrupt:
        _thread.start_new_thread(_interrupt_soon, ())  # at once, it would be dropped here
    else:
        sys.__unraisablehook__(unraisable)


def _interrupt_soon() -> None:
    time.sleep(0.01)
    _thread.interrupt_main()


def _needs_sandbox(words: Sequence[str]) -> bool:
    return words[:1] == ["exec"] and not {"-h", "--help"} & set(words)


if __name__ == "__main__":
    main()
