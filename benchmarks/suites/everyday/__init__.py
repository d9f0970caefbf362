"""Another 72 requests of the kinds of ``suites.interpreter``, by authors who had seen neither its texts nor our prompts.

They are longer and harder. What the interpreter does with a request that it was not made for is measured here: changes
are made for a cause that is general, and the first score of a new idea is worth more than the last one.
"""
