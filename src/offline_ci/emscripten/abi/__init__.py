"""The binary interface of Emscripten 5.0.3 and its musl: numbers and layouts, no behaviour."""
