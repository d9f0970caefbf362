"""Modules that run in the guest: ``bench.grade`` sends their source. Standard library only."""
