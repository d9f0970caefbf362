"""WebAssembly binaries: bytes in, dataclasses out."""
