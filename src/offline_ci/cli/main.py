"""The entry point: a lazy table of commands, and one place where every failure becomes a status.

Nothing is imported here before ``main`` runs, so that an interrupt during the start is handled too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the contract's status.

    Args:
        arguments: by default those of the process.
    """
    try:
        from offline_ci.cli.run import run

        status = run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        sys.stderr.write("offline-ci: Interrupted.\n")
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
