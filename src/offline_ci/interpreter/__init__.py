"""The interpreter: a request in, code, runs and an answer out."""
