"""What runs inside the sandbox beside the user's code: cells, displays, tracebacks.

This package is guest code. It trusts the host but nothing of it is trusted by the host: whatever it reports is data.
"""
