"""Benchmarks of models: suites, generation, grading, scores."""
