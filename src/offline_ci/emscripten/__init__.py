"""The Emscripten host, free of any engine: what emcc's JavaScript does, in Python."""
