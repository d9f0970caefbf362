"""Pinned files: lock files, digests, sources, the verified store."""
