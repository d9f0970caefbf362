"""Suites of the benchmarks."""
