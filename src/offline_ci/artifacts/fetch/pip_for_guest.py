"""pip, with environment markers as they are in the guest. Run as a child process.

``--platform`` and ``--python-version`` tell pip which wheels to take, but it evaluates markers such as
``sys_platform == "linux"`` for the machine that it runs on, and would ask for what no guest needs or can have.

Standard input holds a JSON document: ``pip`` (where pip lies, empty for the installed one), ``markers`` and
``arguments``.
"""

import json
import sys


def main() -> int:
    """Run pip as the request says; its exit status."""
    request = json.load(sys.stdin)
    if request["pip"]:
        sys.path.insert(0, request["pip"])
    try:
        from pip._vendor.packaging import markers
    except ImportError:
        sys.stderr.write("This pip cannot be told the sandbox's markers; the machine's are used.\n")
    else:
        vars(markers)["default_environment"] = lambda: dict(request["markers"])  # its type is each pip's own
    from pip._internal.cli.main import main as pip

    return int(pip(request["arguments"]))


if __name__ == "__main__":
    sys.exit(main())
