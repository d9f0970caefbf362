"""offline-ci: a code interpreter for one machine with no network."""

from __future__ import annotations

__version__ = "0.1.0"
