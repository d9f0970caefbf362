# what = "prints 300,000 characters with its last statement, and is over before anybody looks"
# status = "output_limit"
# limit = "output_bytes"
# control = "twin"
# twin = "print('REACHED')"
print("x" * 300_000)
