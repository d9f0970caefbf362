# what = "prints 120 megabytes with the last statement"
# status = "output_limit"
# limit = "output_bytes"
# control = "grows"
print("x" * (120 << 20))
