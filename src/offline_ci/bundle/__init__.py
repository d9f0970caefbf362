"""One file that carries the whole program, its runtime and its models to a machine without a network.

``head`` is what travels and runs there, with nothing but Python; the other modules make the file.
"""
