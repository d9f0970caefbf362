# what = "prints for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
while True:
    print("x" * 1_000)
