"""Errors of getaddrinfo. Source: musl ``include/netdb.h``."""

from __future__ import annotations

from typing import Final

EAI_NONAME: Final = -2
EAI_FAIL: Final = -4
