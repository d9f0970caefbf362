"""The matplotlib backend: Agg, and figures are shown to the host.

``plt.show()`` shows the open figures at once; whatever is open at the end of a cell is shown then. A ``plt.savefig``
after ``plt.show()`` saves what was shown, where other backends save an empty figure: models write it all the time.
Selected through ``MPLBACKEND=module://offline_ci_guest.backend``.
"""

import functools
import io

import matplotlib.pyplot as plt
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from offline_ci_guest import display


def show_figure(figure):
    """One figure as PNG, cropped to its contents."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", facecolor=figure.get_facecolor())
    display.publish(
        {
            "image/png": display._encode("image/png", buffer.getvalue()),  # noqa: SLF001
            "text/plain": display.safe_repr(figure),
        }
    )


_last_shown = None


def flush():
    """Show and close every open figure."""
    global _last_shown  # noqa: PLW0603
    managers = Gcf.get_all_fig_managers()
    active = Gcf.get_active()
    if active is not None:
        _last_shown = active.canvas.figure
    try:
        for manager in managers:
            if manager.canvas.figure.get_axes() or manager.canvas.figure.texts or manager.canvas.figure.images:
                show_figure(manager.canvas.figure)
    finally:
        Gcf.destroy_all()


def _savefig_of_shown(savefig):
    @functools.wraps(savefig)
    def wrapper(*args, **kwargs):
        if _last_shown is not None and not Gcf.figs:
            return _last_shown.savefig(*args, **kwargs)
        return savefig(*args, **kwargs)

    return wrapper


plt.savefig = _savefig_of_shown(plt.savefig)


class FigureManager(FigureManagerBase):
    """Shows through the host."""

    def show(self):
        """``figure.show()``."""
        show_figure(self.canvas.figure)
        Gcf.destroy(self)

    @classmethod
    def pyplot_show(cls, *, block=None):  # noqa: ARG003 - matplotlib's signature
        """``plt.show()``."""
        flush()


class FigureCanvas(FigureCanvasAgg):
    """Agg with our manager."""

    manager_class = FigureManager
