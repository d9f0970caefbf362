"""The sandbox: the facade over a guest Python in a worker process or in this one."""

from offline_ci.sandbox.result import ExecutionResult, GuestError, GuestFile, LimitHit
from offline_ci.sandbox.sandbox import Sandbox

__all__ = ["ExecutionResult", "GuestError", "GuestFile", "LimitHit", "Sandbox"]
