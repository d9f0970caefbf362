# what = "all pairs of the rows of two small tables"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "twin"
# twin = "import pandas as pd\na = pd.DataFrame({'a': [1, 2]})\nif len(a.merge(a, how='cross')) == 4: print('REACHED')"
import pandas as pd

a = pd.DataFrame({"a": range(15_000)})
a.merge(a, how="cross")
