# what = "a billion characters of output"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
print("x" * 10**9)
