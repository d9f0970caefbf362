# what = "every minute of two hundred years"
# status = "memory_limit"
# error = "MemoryError"
# limit = "memory_bytes"
# control = "twin"
# twin = "import pandas as pd\nif len(pd.date_range('1900', '1901', freq='YS')) == 2: print('REACHED')"
import pandas as pd

pd.date_range("1900", "2100", freq="min")
