# what = "a condition for a table that runs a shell"
# status = "ok"
# says = "32512"
# control = "twin"
# twin = """
# import pandas as pd
# t = pd.DataFrame({'a': [1]})
# print('REACHED' if len(t.query('a == 1')) else '')
# """
import os

import pandas

table = pandas.DataFrame({"a": [1]})
print(table.eval("@os.system('echo REACHED')", engine="python", parser="pandas"))
