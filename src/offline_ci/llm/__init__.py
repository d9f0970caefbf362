"""Models: the protocol, llama.cpp, and a scripted stand-in."""
