"""Sandboxes from stored state: checkpoints of a running guest, and images to start guests from."""
