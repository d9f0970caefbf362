"""The tasks, one module a kind."""
