# what = "TOML with a hundred thousand brackets"
# status = "error"
# error = "RecursionError"
# control = "dies"
import tomllib

tomllib.loads("a = " + "[" * 100_000)
print("REACHED")
