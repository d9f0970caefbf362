# what = "a note of 120 million characters on an exception"
# status = "error"
# error = "ValueError"
# says = "small"
# control = "grows"
error = ValueError("small")
error.add_note("x" * 120_000_000)
raise error
