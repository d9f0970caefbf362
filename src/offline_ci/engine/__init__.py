"""wasmtime, and nothing else of ours imports it."""
