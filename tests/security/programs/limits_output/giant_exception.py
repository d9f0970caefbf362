# what = "an exception whose text has 120 million characters"
# status = "error"
# error = "ValueError"
# control = "grows"
raise ValueError("x" * 120_000_000)
