"""Modules that run in the guest, and do not run in this process but for their tests.

``interpreter.guest_call`` sends their source. They use the standard library and what the guest has; of this project
they import each other only.
"""
