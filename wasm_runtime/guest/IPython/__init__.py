"""A small stand-in for IPython, which is not here: what code written for notebooks imports most."""

from IPython import display

version_info = (9, 0, 0, "")
__version__ = "9.0.0"


def get_ipython():
    """There is no IPython kernel."""
    return


__all__ = ["display", "get_ipython"]
