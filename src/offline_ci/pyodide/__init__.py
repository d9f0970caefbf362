"""Booting Pyodide's CPython through its C API, and building the runtime from the distribution."""
