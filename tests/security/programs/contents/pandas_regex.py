# what = "a pattern for a column that backtracks for ever"
# status = "time_limit"
# limit = "time_s"
# error = "KeyboardInterrupt"
# control = "twin"
# twin = """
# import pandas as pd
# print('REACHED' if pd.Series(['aaa']).str.match('(a+)+$').all() else '')
# """
import pandas

pandas.Series(["a" * 40 + "b"] * 3, dtype=object).str.match(r"(a+)+$")
print("REACHED")
