"""Takes the place of urllib3's module of this name, which needs a browser's JavaScript.

Without it urllib3 uses sockets, and those fail here with the errors of a machine that has no network.
"""


def inject_into_urllib3() -> None:
    """Replace nothing."""
