# what = "an exit whose text has 120 million characters"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
raise SystemExit("x" * 120_000_000)
