"""The only place that reaches the network, and only when asked to fetch.

Every transfer runs in a child process (pip, npm, the hub's client, a plain HTTP client), so that the main process never
opens a socket and an interrupt ends a transfer at once, even one that hangs.
"""

from offline_ci.artifacts.fetch.config import FetchConfig
from offline_ci.artifacts.fetch.entry import fetch_model, fetch_runtime
from offline_ci.artifacts.fetch.fetcher import Fetcher

__all__ = ["FetchConfig", "Fetcher", "fetch_model", "fetch_runtime"]
