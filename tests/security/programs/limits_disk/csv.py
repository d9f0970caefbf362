# what = "a table saved as text on a disk that is nearly full"
# status = "disk_limit"
# error = "OSError"
# limit = "disk_bytes"
# control = "twin"
# twin = "import os, pandas as pd\nos.remove('nearly')\npd.Series([1]).to_csv('a.csv')\nprint('REACHED')"
import pandas as pd

with open("nearly", "wb") as file:
    file.write(bytes(31 << 20))
pd.DataFrame({"a": ["x" * 1_000_000] * 3}).to_csv("large.csv")
