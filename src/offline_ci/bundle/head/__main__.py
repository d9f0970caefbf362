"""What ``python3 FILE`` runs. It must be understood by any Python 3, so that an old one gets a sentence."""

import json
import os
import sys
import zipfile


def main() -> None:
    """Check that the program itself is whole and that this Python is the right one; then start it."""
    path = os.path.abspath(sys.argv[0])  # noqa: PTH100 - see above
    try:
        with zipfile.ZipFile(path) as head:
            damaged = head.testzip()
            wanted = json.loads(head.read("manifest.json").decode())["python"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        damaged, wanted = str(error), ""
    if damaged:
        sys.exit("offline-ci.bundle: The bundle's own program is damaged (" + damaged + "). Copy the file again.")
    if wanted != "%d.%d" % sys.version_info[:2]:  # noqa: UP031 - see above
        sys.exit(
            "offline-ci.bundle: This bundle is for Python "
            + wanted
            + ", and this is Python "
            + sys.version.split()[0]
            + ". Run it with: python"
            + wanted
            + " "
            + sys.argv[0]
        )
    from offline_ci_bundle.main import run

    sys.exit(run(sys.argv[1:], path))


if __name__ == "__main__":
    main()
